import assert from "node:assert/strict";
import { taskOf } from "./sandboxes.ts";

const names = {
  "io.kubernetes.cri.sandbox-name": "a",
  "io.kubernetes.cri.sandbox-namespace": "default",
  "io.kubernetes.cri.sandbox-uid": "u1",
};

Deno.test("taskOf() reads a sandbox with its network namespace", () => {
  const annotations = { ...names, "io.kubernetes.cri.container-type": "sandbox" };
  const linux = { namespaces: [{ type: "pid" }, { type: "network", path: "/ns/1" }] };
  const want = { podUid: "u1", pod: "default/a", container: undefined, pid: 7, netns: "/ns/1" };
  assert.deepEqual(taskOf({ annotations, linux }, 7), want);
});

Deno.test("taskOf() reads a sandbox on the host's network", () => {
  const annotations = { ...names, "io.kubernetes.cri.container-type": "sandbox" };
  assert.equal(taskOf({ annotations, linux: { namespaces: [] } }, 7).netns, undefined);
});

Deno.test("taskOf() reads a container; its namespace is counted with the sandbox", () => {
  const annotations = {
    ...names,
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.container-name": "main",
  };
  const linux = { namespaces: [{ type: "network", path: "/proc/7/ns/net" }] };
  const want = { podUid: "u1", pod: "default/a", container: "main", pid: undefined, netns: undefined };
  assert.deepEqual(taskOf({ annotations, linux }, undefined), want);
});
