import assert from "node:assert/strict";
import type { Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { decideGc } from "./gc_decide.ts";
import type { GcFacts } from "./gc_facts.ts";
import { podKeeping } from "./gc_pods.ts";

const NOW = Date.UTC(2026, 0, 1);
const vmi = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", name: "vm1", uid: "I1", controller: true };
const record = { pod: "ns1/vm1", podUid: "U2" };

type Ending = "alive" | "terminating" | "starting" | "overdue" | "without addresses" | "succeeded";

/** A Pod that runs `vm1`; one that is `starting` is deleted before all its NICs have addresses. */
function launcher(uid: string, ending: Ending): Pod {
  const at = (ms: number) => ({ deletionTimestamp: new Date(NOW + ms).toISOString(), deletionGracePeriodSeconds: 30 });
  const inTime = at(10_000);
  const marks = { terminating: inTime, starting: inTime, overdue: at(-60_000), "without addresses": inTime };
  const metadata = { name: `l-${uid}`, namespace: "ns1", uid, ownerReferences: [vmi] };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, ...ending !== "alive" && ending !== "succeeded" && marks[ending] },
    spec: { nodeName: "n1", restartPolicy: "Never" },
    status: {
      phase: ending === "succeeded" ? "Succeeded" : ending === "starting" ? "Pending" : "Running",
      podIPs: ending === "without addresses" || ending === "starting" ? [] : [{ ip: "10.0.0.5" }],
    },
  };
}

const endpoint: SpiderEndpoint = {
  apiVersion: "spiderpool.spidernet.io/v2beta1",
  kind: "SpiderEndpoint",
  metadata: { name: "vm1", namespace: "ns1" },
  status: {
    current: { uid: "U1", node: "n1", ips: [] },
    ownerControllerType: "VirtualMachineInstance",
    ownerControllerName: "vm1",
  },
};

const facts: GcFacts = {
  address: "10.0.0.5",
  record,
  pod: undefined,
  endpoint,
  wanted: false,
  node: undefined,
  features: { enableStatefulSet: true, enableKubevirt: true },
  switches: { onReadyNode: true, onNotReadyNode: true, onEmptyPodIPs: false, additionalDelayMs: 0 },
  nowMs: NOW,
};

const cases: readonly { readonly pods: Readonly<Record<string, Ending>>; readonly want: string }[] = [
  { pods: { U2: "alive" }, want: "keep alive-by-uid" },
  { pods: { U2: "terminating" }, want: "trace terminating" },
  { pods: { U2: "starting" }, want: "keep pending" },
  { pods: { U2: "overdue" }, want: "reclaim pod-gone" },
  { pods: { U2: "without addresses" }, want: "reclaim pod-gone" },
  { pods: { U2: "succeeded" }, want: "reclaim pod-gone" },
  { pods: { U1: "alive" }, want: "keep alive-by-uid" },
  { pods: { U1: "terminating" }, want: "trace terminating" },
  { pods: { U1: "terminating", U2: "succeeded" }, want: "trace terminating" },
  { pods: { U1: "alive", U2: "terminating" }, want: "keep alive-by-uid" },
  { pods: { U2: "overdue", U1: "terminating" }, want: "trace terminating" },
  { pods: { U2: "without addresses", U1: "terminating" }, want: "trace terminating" },
  { pods: { U2: "overdue", U1: "starting" }, want: "keep pending" },
  { pods: {}, want: "reclaim pod-gone" },
];
for (const { pods, want } of cases) {
  const text = Object.entries(pods).map(([uid, ending]) => `${uid} ${ending}`).join(", ") || "no Pod";
  Deno.test(`decideGc() of a deleted VM's address recorded for U2, with ${text}: ${want}`, () => {
    const all = Object.entries(pods).map(([uid, ending]) => launcher(uid, ending));
    const { action, reason, releaseRecord, releaseEndpoint } = decideGc({
      ...facts,
      podOfUid: podKeeping(record, all),
    });
    assert.equal(`${action} ${reason}`, want);
    assert.deepEqual([releaseRecord, releaseEndpoint], [action === "reclaim", action === "reclaim"]);
  });
}

Deno.test("podKeeping() looks at the Pods of that VM alone", () => {
  const others: Pod[] = [
    { ...launcher("U7", "alive"), metadata: { name: "l7", namespace: "ns2", uid: "U7", ownerReferences: [vmi] } },
    { ...launcher("U8", "alive"), metadata: { name: "vm1", namespace: "ns1", uid: "U8" } },
  ];
  assert.equal(podKeeping(record, others), undefined);
});

Deno.test("podKeeping() takes no Pod for the one of a record whose name a Pod without a VM would spell", () => {
  const other: Pod = { ...launcher("U7", "alive"), metadata: { name: "web", namespace: "ns1", uid: "U7" } };
  assert.equal(podKeeping({ pod: "ns1/undefined", podUid: "U2" }, [other]), undefined);
});
