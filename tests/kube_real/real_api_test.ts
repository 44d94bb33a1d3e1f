/**
 * The suites of `tests/kube/` on a real kube-apiserver, the comparison of the embedded API with it, and our client's ways to prove
 * who it is. All in one module: they share one control plane.
 */
import { chooseRealServer } from "../kube/real_server.ts";
import { testUnless } from "../shared/skip.ts";
import { testServer, whyNoServer } from "./control_plane.ts";
import { suiteModules } from "./suites.ts";

const reason = await whyNoServer();

if (reason === undefined) await registerAll();
else testUnless(reason, { name: "the suites of tests/kube on a real API server", fn() {} });

/** The suites register their tests when they are loaded, for the server that is chosen by then. */
async function registerAll(): Promise<void> {
  const server = await testServer();
  chooseRealServer(server);
  Deno.test.beforeAll(server.start);
  Deno.test.afterAll(server.end);
  for (const module of suiteModules()) await import(module);
}
