/** Which suites of `tests/kube/` run on a real API server, in which order, and why the others do not. */

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
  "../kube/agent_detection_test.ts",
  "../kube/agent_reload_test.ts",
  "../kube/coordinator_config_test.ts",
  "../kube/ipam_add_test.ts",
  "../kube/ipam_auto_pool_test.ts",
  "../kube/ipam_batch_nic_test.ts",
  "../kube/ipam_batch_test.ts",
  "../kube/ipam_capacity_test.ts",
  "../kube/ipam_crash_test.ts",
  "../kube/ipam_del_test.ts",
  "../kube/ipam_endpoint_test.ts",
  "../kube/ipam_events_test.ts",
  "../kube/ipam_explain_test.ts",
  "../kube/ipam_fault_test.ts",
  "../kube/ipam_full_pool_test.ts",
  "../kube/ipam_gc_test.ts",
  "../kube/ipam_intent_crash_test.ts",
  "../kube/ipam_intent_test.ts",
  "../kube/ipam_nics_test.ts",
  "../kube/ipam_owed_del_test.ts",
  "../kube/ipam_quarantine_crash_test.ts",
  "../kube/ipam_quarantine_test.ts",
  "../kube/ipam_refusal_test.ts",
  "../kube/ipam_sandbox_order_test.ts",
  "../kube/ipam_statefulset_test.ts",
  "../kube/rbac_test.ts",
  "../kube/upstream_swap_test.ts",
  "../kube/ipam_kubevirt_test.ts", // its Kinds stay; before they are there, nobody looks for owners among them
];

/** They remove definitions: kube-controller-manager collects the garbage of Kinds that were away only half a minute later. */
const destructive = [
  "../kube/clean_test.ts",
  "../kube/init_program_test.ts",
  "../kube/manifests_kubectl_test.ts",
];

/**
 * Suites of `tests/kube/` that stay with the embedded API, by the reason. One that is in no list fails
 * `tests/kube/real_suites_test.ts`. Single tests stay there by `onlyEmbedded`.
 */
export const leftOut: Readonly<Record<string, readonly string[]>> = {
  "they read files": [
    "manifests_conf_test.ts",
    "manifests_test.ts",
    "monitoring_files_test.ts",
    "rbac_rows_test.ts",
    "real_suites_test.ts",
  ],
  "time is theirs: minutes and days go by at once, or clocks are set": [
    "agent_robust_clock_test.ts",
    "agent_robust_outage_test.ts",
    "peer_certificate_test.ts",
  ],
  "the embedded API fails on request": ["apiserver_faults_test.ts"],
  "what breaks is the agent's own, whatever the server: its journal, its token, its callers": [
    "agent_robust_callers_test.ts",
    "agent_robust_journal_test.ts",
    "agent_robust_token_test.ts",
  ],
  "agents are processes, or whole daemons, that reach an embedded API server of their own": [
    "agent_gops_test.ts",
    "agent_log_test.ts",
    "agent_metrics_test.ts",
    "agent_restart_test.ts",
    "peer_hand_over_test.ts",
    "peer_metrics_test.ts",
    "peer_port_test.ts",
  ],
  "the test plays a controller that a real cluster has: the one of DaemonSets": ["clean_agents_test.ts"],
  "no test is in it: it is what suites are written with": ["api_under_test.ts"],
};

/** URLs of all modules that register tests, in order. A suite that is written with `testApi` or `testIpam` joins. */
export function suiteModules(): string[] {
  return [...api, ...agent, ...destructive].map((path) => new URL(path, import.meta.url).href);
}
