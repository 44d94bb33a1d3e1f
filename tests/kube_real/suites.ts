/** Which suites of `tests/kube/` run on a real API server, and in which order. */

/** About the API alone: meanwhile kube-controller-manager learns of our Kinds. */
const api = [
  "authentication.ts",
  "../kube/apiserver_crud_test.ts",
  "../kube/apiserver_differences_bodies_test.ts",
  "../kube/apiserver_differences_deletes_test.ts",
  "../kube/apiserver_differences_patches_test.ts",
  "../kube/apiserver_differences_requests_test.ts",
  "../kube/apiserver_differences_versions_test.ts",
  "../kube/apiserver_kubectl_test.ts",
  "../kube/apiserver_list_test.ts",
  "../kube/apiserver_patch_test.ts",
  "../kube/apiserver_validation_test.ts",
  "../kube/apiserver_watch_test.ts",
  "random_walk.ts",
];

/** The agent's. */
const agent = [
  "../kube/ipam_add_test.ts",
  "../kube/ipam_crash_test.ts",
  "../kube/ipam_del_test.ts",
  "../kube/ipam_fault_test.ts",
  "../kube/ipam_full_pool_test.ts",
  "../kube/ipam_nics_test.ts",
  "../kube/ipam_refusal_test.ts",
  "../kube/ipam_statefulset_test.ts",
  "../kube/rbac_test.ts",
];

/** They remove definitions: kube-controller-manager collects the garbage of Kinds that were away only half a minute later. */
const destructive = [
  "../kube/clean_test.ts",
  "../kube/init_program_test.ts",
  "../kube/manifests_kubectl_test.ts",
];

/** URLs of all modules that register tests, in order. A suite that is written with `testApi` or `testIpam` can join. */
export function suiteModules(): string[] {
  return [...api, ...agent, ...destructive].map((path) => new URL(path, import.meta.url).href);
}
