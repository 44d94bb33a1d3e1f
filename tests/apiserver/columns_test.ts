import assert from "node:assert/strict";
import { builtinColumns } from "./builtin_columns.ts";
import { age, humanDuration } from "./human_time.ts";
import type { Json } from "./json.ts";
import { compileJsonPath } from "./jsonpath.ts";
import type { ApiObject } from "./object.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const durations: readonly [number, string][] = [
  [-5 * second, "<invalid>"],
  [0, "0s"],
  [119 * second, "119s"],
  [2 * minute, "2m"],
  [200 * second, "3m20s"],
  [10 * minute + second, "10m"],
  [3 * hour, "3h"],
  [7 * hour + 5 * minute, "7h5m"],
  [47 * hour, "47h"],
  [51 * hour, "2d3h"],
  [8 * day, "8d"],
  [730 * day, "2y"],
  [800 * day, "2y70d"],
  [9 * 365 * day, "9y"],
];
for (const [ms, want] of durations) {
  Deno.test(`humanDuration(${ms}) is ${want}`, () => assert.equal(humanDuration(ms), want));
}

Deno.test("age() of nothing is unknown", () => {
  assert.equal(age(undefined, 0), "<unknown>");
  assert.equal(age("nonsense", 0), "<unknown>");
  assert.equal(age("1970-01-01T00:00:00Z", 5 * second), "5s");
});

const value: Json = { a: { "b.c/d-e": 1, list: [{ x: "one" }, { x: "two" }] } };
const jsonPaths = [
  { path: ".a.list[0].x", want: ["one"] },
  { path: ".a.list[-1].x", want: ["two"] },
  { path: ".a.list[*].x", want: ["one", "two"] },
  { path: ".a['b\\.c/d\\-e']", want: [1] },
  { path: ".a.b\\.c/d-e", want: [1] },
  { path: ".a.none.x", want: [] },
  { path: ".a.list[7]", want: [] },
];
for (const { path, want } of jsonPaths) {
  Deno.test(`compileJsonPath("${path}") finds ${JSON.stringify(want)}`, () => {
    assert.deepEqual(compileJsonPath(path)(value), want);
  });
}

for (const path of [".a[", ".a[?(@.x)]", "a", ".a..b"]) {
  Deno.test(`compileJsonPath("${path}") is refused`, () => assert.throws(() => compileJsonPath(path), SyntaxError));
}

function cells(kind: string, object: unknown): Json[] {
  return builtinColumns(kind).map((column) => column.cell(object as ApiObject, 60 * second));
}

Deno.test("builtinColumns() of a Pod", () => {
  const status = {
    phase: "Running",
    podIP: "10.0.0.1",
    containerStatuses: [{ ready: true, restartCount: 2 }, { ready: false }],
  };
  const metadata = { name: "p", uid: "u", creationTimestamp: "1970-01-01T00:00:00Z" };
  const pod = { metadata, spec: { nodeName: "n", containers: [{}, {}] }, status };
  assert.deepEqual(cells("Pod", pod).slice(0, 7), ["p", "1/2", "Running", "2", "60s", "10.0.0.1", "n"]);
  const waiting = { ...status, containerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] };
  assert.equal(cells("Pod", { ...pod, status: waiting })[2], "CrashLoopBackOff");
  assert.equal(cells("Pod", { ...pod, metadata: { ...metadata, deletionTimestamp: "x" } })[2], "Terminating");
});

Deno.test("builtinColumns() of a Node", () => {
  const metadata = {
    name: "n",
    uid: "u",
    labels: { "node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/edge": "" },
  };
  const status = {
    conditions: [{ type: "Ready", status: "True" }],
    addresses: [{ type: "InternalIP", address: "10.0.0.9" }],
  };
  const node = { metadata, spec: { unschedulable: true }, status };
  assert.deepEqual(cells("Node", node), [
    "n",
    "Ready,SchedulingDisabled",
    "edge,worker",
    "<unknown>",
    "<none>",
    "10.0.0.9",
  ]);
});
