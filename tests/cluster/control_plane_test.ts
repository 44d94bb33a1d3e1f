import assert from "node:assert/strict";
import { ControlPlane, nameHere } from "../../scripts/cluster/mod.ts";
import { printLine } from "../../scripts/print.ts";
import { testUnless } from "../shared/skip.ts";
import { assertTraces, readTraces } from "./traces.ts";

const name = nameHere("sptc");

testUnless(await ControlPlane.obstacle(), {
  name: "ControlPlane: answers on loopback, keeps objects over a power cut, leaves nothing",
  async fn() {
    await ControlPlane.down(name);
    const before = await readTraces(name);
    const plane = await ControlPlane.up({ name, say: printLine });
    const { machine } = plane.control;
    try {
      await kubectl(plane, "create", "configmap", "kept");
      await plane.control.stop(["kube-apiserver", "etcd"], { signal: "SIGKILL" });
      assert.match(String(await whyNotReady(plane)), /connection|fetch/);
      await plane.control.start();
      assert.equal(await kubectl(plane, "get", "configmap", "kept", "-o", "name"), "configmap/kept\n");
      const again = await ControlPlane.up({ name });
      assert.equal(again.control.machine.pid, machine.pid);
    } finally {
      await plane.down();
    }
    assert.deepEqual(machine.processes(), []);
    await assertTraces(name, before);
  },
});

async function whyNotReady(plane: ControlPlane): Promise<string | undefined> {
  using api = await plane.control.openApi();
  return await api.whyNotReady();
}

async function kubectl(plane: ControlPlane, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args);
  assert.equal(code, 0, stderr);
  return stdout;
}
