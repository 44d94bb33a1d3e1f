/** The TCP port of the agent: for the kubelet's probes and for nobody else. */
import assert from "node:assert/strict";
import { startDaemon, withFolder } from "./daemon_fixture.ts";

Deno.test("agent row 6.2, operations row 2.1: the port of the probes is on loopback, and has no IPAM", async () => {
  await withFolder(async (folder) => {
    const daemon = await startDaemon(folder);
    const told = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${daemon.port}${path}`);
      return [response.status, await response.text(), response.headers.get("connection")];
    };
    assert.deepEqual(await told("/v1/runtime/liveness"), [200, "", "close"]);
    const unserved = '"operation connectivity.GetIpamHealthy has not yet been implemented"\n';
    assert.deepEqual(await told("/v1/ipam/healthy"), [501, unserved, "close"]);
    assert.equal((await told("/v2"))[0], 404);
    await assert.rejects(Deno.connect({ hostname: "127.0.0.2", port: daemon.port }));
    daemon.stop();
    await daemon.ended;
  });
});
