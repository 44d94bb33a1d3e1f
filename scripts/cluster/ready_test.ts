import assert from "node:assert/strict";
import { nodesNotReady } from "./ready.ts";

function node(name: string, ...conditions: readonly unknown[]): unknown {
  return { metadata: { name }, status: { conditions } };
}

const ready = { type: "Ready", status: "True" };
const broken = { type: "Ready", status: "False", message: "cni plugin not initialized" };
const names = ["node-1", "node-2"];

const cases = [
  { name: "all Ready", nodes: [node("node-2", ready), node("node-1", ready)], want: undefined },
  { name: "one missing", nodes: [node("node-1", ready)], want: "node-2 has not registered" },
  {
    name: "one broken",
    nodes: [node("node-1", ready), node("node-2", { type: "DiskPressure", status: "False" }, broken)],
    want: "node-2 is not Ready: cni plugin not initialized",
  },
  {
    name: "no conditions yet",
    nodes: [node("node-1"), { metadata: { name: "node-2" } }],
    want: "node-1 is not Ready: its kubelet has not told yet; node-2 is not Ready: its kubelet has not told yet",
  },
  {
    name: "a taint that is still there",
    nodes: [node("node-1", ready), {
      metadata: { name: "node-2" },
      spec: { taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }] },
      status: { conditions: [ready] },
    }],
    want: "node-2 still has the taint node.kubernetes.io/not-ready",
  },
  { name: "not even objects", nodes: [null, 7], want: "node-1 has not registered; node-2 has not registered" },
];

for (const { name, nodes, want } of cases) {
  Deno.test(`nodesNotReady() with ${name}`, () => assert.equal(nodesNotReady(nodes, names), want));
}
