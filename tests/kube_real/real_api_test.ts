/**
 * The suites of `tests/kube/` on a real kube-apiserver, the comparison of the embedded API with it, and our client's ways to prove
 * who it is. All in one module: they share one control plane.
 */
import { chooseRealServer } from "../kube/real_server.ts";
import { testUnless } from "../shared/skip.ts";
import { testServer, whyNoServer } from "./control_plane.ts";

const reason = await whyNoServer();

if (reason === undefined) await registerAll();
else testUnless(reason, { name: "the suites of tests/kube on a real API server", fn() {} });

/** The suites register their tests when they are loaded, for the server that is chosen by then. */
async function registerAll(): Promise<void> {
  const server = testServer();
  chooseRealServer(server);
  Deno.test.beforeAll(server.start);
  Deno.test.afterAll(server.end);
  await import("./authentication.ts");
  await import("../kube/apiserver_crud_test.ts");
  await import("../kube/apiserver_differences_test.ts");
  await import("../kube/apiserver_list_test.ts");
  await import("../kube/apiserver_patch_test.ts");
  await import("../kube/apiserver_validation_test.ts");
  await import("../kube/apiserver_watch_test.ts");
  await import("../kube/ipam_add_test.ts");
  await import("../kube/ipam_del_test.ts");
  await import("../kube/ipam_nics_test.ts");
  await import("../kube/ipam_refusal_test.ts");
  await import("../kube/ipam_statefulset_test.ts");
  await import("./random_walk.ts");
  await import("../kube/manifests_kubectl_test.ts"); // the last: it may delete all of Spiderpool
}
