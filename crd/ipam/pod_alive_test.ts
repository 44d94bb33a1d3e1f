import assert from "node:assert/strict";
import type { Pod, PodSpec, PodStatus, StatefulSet } from "../core/mod.ts";
import { podOf } from "./plan_fixture.ts";
import { deadReasonOf, formatDeadReason, isPodAlive } from "./pod_alive.ts";
import { isPodUid, podUidOf, staticUidOf } from "./pod_identity.ts";
import { quarantineOf } from "./quarantine.ts";
import { isWantedOrdinal, ordinalOfPod } from "./statefulset_ordinal.ts";

const rows: { name: string; status?: PodStatus; spec?: PodSpec; deleted?: boolean; want: string | undefined }[] = [
  { name: "new", want: undefined },
  { name: "running", status: { phase: "Running" }, want: undefined },
  { name: "terminating", status: { phase: "Running" }, deleted: true, want: "terminating" },
  { name: "succeeded, Always", status: { phase: "Succeeded" }, want: undefined },
  {
    name: "succeeded, OnFailure",
    status: { phase: "Succeeded" },
    spec: { restartPolicy: "OnFailure" },
    want: "succeeded",
  },
  {
    name: "ipam row 72: succeeded, Never",
    status: { phase: "Succeeded" },
    spec: { restartPolicy: "Never" },
    want: "succeeded",
  },
  { name: "failed, Never", status: { phase: "Failed" }, spec: { restartPolicy: "Never" }, want: "failed" },
  { name: "failed, OnFailure", status: { phase: "Failed" }, spec: { restartPolicy: "OnFailure" }, want: undefined },
  { name: "evicted, Always", status: { phase: "Failed", reason: "Evicted" }, want: "evicted" },
];
for (const { name, status, spec, deleted, want } of rows) {
  Deno.test(`deadReasonOf() of a Pod: ${name}`, () => {
    const pod: Pod = { ...podOf(), spec: spec ?? {}, ...(status && { status }) };
    if (deleted) pod.metadata = { ...pod.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" };
    assert.equal(deadReasonOf(pod), want);
    assert.equal(isPodAlive(pod), want === undefined);
  });
}

Deno.test("formatDeadReason() follows the Pod's name", () => {
  assert.deepEqual((["terminating", "succeeded", "failed", "evicted"] as const).map(formatDeadReason), [
    "is being deleted",
    "has succeeded and is not restarted",
    "has failed and is not restarted",
    "was evicted",
  ]);
});

Deno.test("podUidOf() takes the UID in the API, isPodUid() knows a static Pod's own, too", () => {
  const mirror = podOf({ "kubernetes.io/config.mirror": "abc", "kubernetes.io/config.hash": "abc" });
  const fake = podOf({ "kubernetes.io/config.hash": "abc" });
  assert.deepEqual([podUidOf(mirror), podUidOf(fake), podUidOf(podOf())], ["U1", "U1", "U1"]);
  assert.deepEqual([staticUidOf(mirror), staticUidOf(fake), staticUidOf(podOf())], ["abc", undefined, undefined]);
  assert.deepEqual(["abc", "U1", "", "x"].map((uid) => isPodUid(mirror, uid)), [true, true, false, false]);
  assert.deepEqual(["abc", "U1"].map((uid) => isPodUid(fake, uid)), [false, true]);
});

for (
  const { name, want } of [
    { name: "db-0", want: { statefulSet: "db", ordinal: 0 } },
    { name: "a-b-12", want: { statefulSet: "a-b", ordinal: 12 } },
    { name: "db", want: undefined },
    { name: "db-x", want: undefined },
    { name: "db-", want: undefined },
  ]
) {
  Deno.test(`ordinalOfPod() splits: ${name}`, () => assert.deepEqual(ordinalOfPod(name), want));
}

function sts(spec: StatefulSet["spec"]): StatefulSet {
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db", deletionTimestamp: "x" }, spec };
}
for (
  const { pod, set, want } of [
    { pod: "db-0", set: sts({ replicas: 1 }), want: true },
    { pod: "db-1", set: sts({ replicas: 1 }), want: false },
    { pod: "db-0", set: sts({}), want: true },
    { pod: "db-0", set: sts({ replicas: 0 }), want: false },
    { pod: "db-2", set: sts({ replicas: 2 }), want: false }, // ipam row 77
    { pod: "db-6", set: sts({ replicas: 2, ordinals: { start: 5 } }), want: true }, // ipam row 78
    { pod: "db-7", set: sts({ replicas: 2, ordinals: { start: 5 } }), want: false },
    { pod: "db-4", set: sts({ replicas: 2, ordinals: { start: 5 } }), want: false },
    { pod: "other-0", set: sts({ replicas: 2 }), want: false },
    { pod: "db", set: sts({ replicas: 2 }), want: false },
    { pod: "db-0", set: undefined, want: false },
  ]
) {
  Deno.test(`isWantedOrdinal() of ${pod} in ${JSON.stringify(set?.spec)}`, () =>
    assert.equal(isWantedOrdinal(pod, set), want));
}

for (
  const { pod, podUid, want } of [
    { pod: "ns1/p", podUid: "U1", want: undefined },
    { pod: "ns1/quarantine", podUid: "U1", want: undefined },
    { pod: "ns1/p/quarantine", podUid: "quarantine:2026-01-01T00:00:00Z", want: { expiresMs: Date.UTC(2026, 0, 1) } },
    { pod: "ns1/p/quarantine", podUid: "quarantine:soon", want: { expiresMs: undefined } },
    { pod: "ns1/p/quarantine", podUid: "U1", want: { expiresMs: undefined } },
  ]
) {
  Deno.test(`quarantineOf() reads: ${pod} ${podUid}`, () => assert.deepEqual(quarantineOf({ pod, podUid }), want));
}
