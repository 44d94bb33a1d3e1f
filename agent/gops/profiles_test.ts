import assert from "node:assert/strict";
import type { CallFrame, CpuProfile } from "./inspector.ts";
import { cpuProfileData, heapProfileData } from "./profiles.ts";

function frame(functionName: string, lineNumber = 9): CallFrame {
  return { functionName, url: "file:///a.js", lineNumber };
}

const root = frame("(root)", -1);
const nodes = [
  { id: 1, callFrame: root, children: [2, 4, 5] },
  { id: 2, callFrame: frame("add"), children: [3] },
  { id: 3, callFrame: frame("") },
  { id: 4, callFrame: frame("(idle)", -1) },
  { id: 5, callFrame: frame("(garbage collector)", -1) },
];
const add = { name: "add", file: "file:///a.js", line: 10 };
const anonymous = { ...add, name: "(anonymous)" };

Deno.test("cpuProfileData() gives each sample the time until the next one, and leaves out idle time", () => {
  const profile = { nodes, startTime: 1000, endTime: 1100, samples: [2, 3, 4, 3, 5], timeDeltas: [10, 20, 5, 30, 5] };
  const data = cpuProfileData(profile, 77);
  assert.deepEqual(data.types, [{ type: "samples", unit: "count" }, { type: "cpu", unit: "nanoseconds" }]);
  assert.deepEqual(data.samples, [
    { stack: [add], values: [1, 20_000] },
    { stack: [anonymous, add], values: [2, 10_000] },
    { stack: [{ name: "(garbage collector)", file: "file:///a.js", line: 0 }], values: [1, 30_000] },
  ]);
  assert.equal(data.takenAt, 77);
  assert.equal(data.durationMs, 0.1);
});

const odd: [string, Partial<CpuProfile>][] = [
  ["no samples", {}],
  ["nothing but idling", { samples: [4, 4], timeDeltas: [1, 1] }],
  ["samples of the root and of nobody", { samples: [1, 99], timeDeltas: [1, 1] }],
];
for (const [name, profile] of odd) {
  Deno.test(`cpuProfileData() of ${name} is empty`, () => {
    assert.deepEqual(cpuProfileData({ nodes, startTime: 0, endTime: 9, ...profile }, 0).samples, []);
  });
}

Deno.test("cpuProfileData() counts no time below zero when samples come out of order", () => {
  const profile = { nodes, startTime: 0, endTime: 10, samples: [2, 2], timeDeltas: [5, -3] };
  assert.deepEqual(cpuProfileData(profile, 0).samples, [{ stack: [add], values: [2, 8000] }]);
});

Deno.test("heapProfileData() names where what is held was allocated", () => {
  const leaf = { callFrame: frame(""), selfSize: 64, children: [] };
  const head = {
    callFrame: root,
    selfSize: 0,
    children: [{ callFrame: frame("add"), selfSize: 32, children: [leaf] }, { ...leaf, selfSize: 0 }],
  };
  const data = heapProfileData(head, { takenAt: 5, durationMs: 10 });
  assert.deepEqual(data.types, [{ type: "inuse_space", unit: "bytes" }]);
  assert.deepEqual(data.samples, [{ stack: [add], values: [32] }, { stack: [anonymous, add], values: [64] }]);
});
