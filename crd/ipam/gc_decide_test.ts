import assert from "node:assert/strict";
import type { Node, Pod, PodStatus } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { decideGc, type GcFacts, type GcSwitches } from "./gc_decide.ts";
import { formatGcReason } from "./gc_reason.ts";
import { podOf } from "./plan_fixture.ts";

const now = Date.UTC(2026, 0, 1, 12, 0, 0);
const on: GcSwitches = { onReadyNode: true, onNotReadyNode: true, onEmptyPodIPs: false, additionalDelayMs: 0 };
const ips = { podIPs: [{ ip: "10.1.0.10" }] };

/** What a row says; the rest is a living Deployment Pod `ns1/p` (U1) with record and endpoint of its own. */
interface Row {
  readonly name: string;
  readonly pod?: Pod | "gone";
  readonly recordUid?: string;
  /** Owner type and UID of the endpoint, and the runtime's UID of a static Pod. */
  readonly endpoint?: string | "none";
  readonly wanted?: boolean | "unknown";
  readonly switches?: Partial<GcSwitches>;
  readonly facts?: Partial<GcFacts>;
  /** `action`, `record`/`endpoint` when they are released, `reason`. */
  readonly want: string;
}

function living(status: PodStatus = { phase: "Running", ...ips }): Pod {
  return { ...podOf(), status };
}

/** Deleted so that rule T's deadline lies `leftMs` ahead of now. */
function terminating(status: PodStatus, leftMs: number, owner?: string): Pod {
  const pod = owner === undefined ? living(status) : fixed(status, owner);
  const deletionTimestamp = new Date(now + leftMs - 30_000).toISOString();
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 30 } };
}

function fixed(status: PodStatus, kind = "StatefulSet"): Pod {
  const pod = living(status);
  const apiVersion = kind === "StatefulSet" ? "apps/v1" : "kubevirt.io/v1";
  return {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences: [{ apiVersion, kind, name: "db", uid: "S1", controller: true }] },
  };
}

/** A living static Pod that its runtime knows as `hash`. */
function mirror(hash: string): Pod {
  const pod = living();
  const annotations = { "kubernetes.io/config.mirror": hash, "kubernetes.io/config.hash": hash };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}

function endpointOf(text: string): SpiderEndpoint | undefined {
  if (text === "none") return undefined;
  const [ownerControllerType = "", uid = "", runtimeUid] = text.split(" ");
  const attachments = JSON.stringify({ eth0: { containerId: "c1", runtimeUid } });
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: { name: "p", namespace: "ns1", annotations: { "ipam.spidernet.io/attachments": attachments } },
    status: {
      current: { uid, node: "n1", ips: [{ interface: "eth0", ipv4: "10.1.0.10/24", ipv4Pool: "v4a" }] },
      ownerControllerType,
      ownerControllerName: "x",
    },
  };
}

function node(ready: "True" | "False"): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n1" },
    status: { conditions: [{ type: "Ready", status: ready }] },
  };
}

function decide({ pod = living(), recordUid = "U1", endpoint = "Deployment U1", wanted = true, ...row }: Row): string {
  const { action, releaseRecord, releaseEndpoint, reason } = decideGc({
    address: "10.1.0.10",
    record: { pod: "ns1/p", podUid: recordUid },
    pod: pod === "gone" ? undefined : pod,
    endpoint: endpointOf(endpoint),
    wanted: wanted === "unknown" ? undefined : wanted,
    node: node("True"),
    features: { enableStatefulSet: true, enableKubevirt: true },
    switches: { ...on, ...row.switches },
    nowMs: now,
    ...row.facts,
  });
  return [action, ...(releaseRecord ? ["record"] : []), ...(releaseEndpoint ? ["endpoint"] : []), reason].join(" ");
}

const rows: Row[] = [
  // before A
  {
    name: "quarantine",
    pod: "gone",
    facts: { record: { pod: "ns1/p/quarantine", podUid: "quarantine:2099-01-01T00:00:00Z" } },
    want: "keep quarantine",
  },
  {
    name: "quarantine that is over, whatever the Pod",
    pod: "gone",
    facts: { record: { pod: "ns1/p/quarantine", podUid: "quarantine:2020-01-01T00:00:00Z" } },
    want: "reclaim record quarantine-over",
  },
  { name: "quarantine by UID alone", pod: "gone", recordUid: "quarantine:x", want: "keep quarantine" },
  {
    name: "malformed record key",
    pod: "gone",
    facts: { record: { pod: "p", podUid: "U1" } },
    want: "keep malformed-record",
  },
  // A: Pod not found
  { name: "A: no endpoint", pod: "gone", endpoint: "none", want: "reclaim record pod-gone" },
  { name: "A: endpoint of a Deployment", pod: "gone", want: "reclaim record endpoint pod-gone" },
  {
    name: "A: endpoint of another UID",
    pod: "gone",
    endpoint: "Deployment U9",
    want: "reclaim record endpoint pod-gone",
  },
  { name: "A: wanted StatefulSet", pod: "gone", endpoint: "StatefulSet U1", want: "keep owner-wants-it" },
  {
    name: "A: unwanted StatefulSet",
    pod: "gone",
    endpoint: "StatefulSet U1",
    wanted: false,
    want: "reclaim record endpoint pod-gone",
  },
  {
    name: "A: StatefulSet unknown",
    pod: "gone",
    endpoint: "StatefulSet U1",
    wanted: "unknown",
    want: "keep owner-unknown",
  },
  {
    name: "A: StatefulSet, feature off",
    pod: "gone",
    endpoint: "StatefulSet U1",
    facts: { features: { enableStatefulSet: false, enableKubevirt: true } },
    want: "reclaim record endpoint pod-gone",
  },
  { name: "A: wanted VM", pod: "gone", endpoint: "VirtualMachineInstance U1", want: "keep owner-wants-it" },
  {
    name: "A: unwanted VM",
    pod: "gone",
    endpoint: "VirtualMachineInstance U1",
    wanted: false,
    want: "reclaim record endpoint pod-gone",
  },
  {
    name: "A: a VM's launcher lives under another name",
    pod: "gone",
    endpoint: "none",
    facts: { podOfUid: living() },
    want: "keep alive-by-uid",
  },
  {
    name: "A: the launcher is dead",
    pod: "gone",
    endpoint: "none",
    facts: { podOfUid: terminating({}, 0) },
    want: "reclaim record pod-gone",
  },
  // B: static and wanted
  {
    name: "B: fixed, wanted, Succeeded",
    pod: fixed({ phase: "Succeeded" }),
    endpoint: "StatefulSet U1",
    want: "trace completed",
  },
  {
    name: "B: fixed, wanted, Pending",
    pod: fixed({ phase: "Pending" }),
    endpoint: "StatefulSet U1",
    want: "keep pending",
  },
  {
    name: "B: fixed, wanted, terminating in grace without podIPs",
    pod: terminating({ phase: "Running" }, 1000, "StatefulSet"),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, wanted, terminating past the deadline",
    pod: terminating({ phase: "Running", ...ips }, -1000, "StatefulSet"),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, wanted, podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, wanted, no podIPs",
    pod: fixed({ phase: "Running" }),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, unknown",
    pod: fixed({ phase: "Failed" }),
    wanted: "unknown",
    endpoint: "StatefulSet U1",
    want: "keep owner-unknown",
  },
  // B: static and unwanted
  {
    name: "B: fixed, unwanted, Failed",
    pod: fixed({ phase: "Failed" }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record endpoint owner-unwanted",
  },
  {
    name: "B: fixed, unwanted, Pending",
    pod: fixed({ phase: "Pending" }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "keep pending",
  },
  {
    name: "B: fixed, unwanted, terminating in grace, podIPs",
    pod: terminating({ phase: "Running", ...ips }, 1000, "StatefulSet"),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "trace terminating",
  },
  {
    name: "B: fixed, unwanted, terminating in grace, no podIPs",
    pod: terminating({ phase: "Running" }, 1000, "StatefulSet"),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record endpoint terminating-without-addresses",
  },
  {
    name: "B: fixed, unwanted, terminating past the deadline",
    pod: terminating({ phase: "Running" }, -1000, "StatefulSet"),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "keep switched-off",
  },
  {
    name: "B: fixed, unwanted, podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "keep has-addresses",
  },
  {
    name: "B: fixed, unwanted, no podIPs",
    pod: fixed({ phase: "Running" }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record endpoint owner-unwanted",
  },
  {
    name: "B: VM, unwanted, no podIPs",
    pod: fixed({ phase: "Running" }, "VirtualMachineInstance"),
    wanted: false,
    endpoint: "VirtualMachineInstance U1",
    want: "reclaim record endpoint owner-unwanted",
  },
  // B: not static
  { name: "B: Succeeded", pod: living({ phase: "Succeeded", ...ips }), want: "trace completed" },
  {
    name: "B: Succeeded and terminating past the deadline",
    pod: terminating({ phase: "Succeeded", ...ips }, 0),
    want: "reclaim record endpoint terminating-over",
  },
  { name: "B: Pending", pod: living({ phase: "Pending" }), want: "keep pending" },
  { name: "B: Pending and terminating", pod: terminating({ phase: "Pending" }, -1000), want: "keep pending" },
  {
    name: "B: terminating in grace, podIPs",
    pod: terminating({ phase: "Running", ...ips }, 1),
    want: "trace terminating",
  },
  {
    name: "B: terminating in grace, no podIPs",
    pod: terminating({ phase: "Running" }, 1),
    want: "reclaim record endpoint terminating-without-addresses",
  },
  {
    name: "B: terminating in grace, no podIPs, switches off",
    pod: terminating({ phase: "Running" }, 1),
    switches: { onReadyNode: false },
    want: "reclaim record endpoint terminating-without-addresses",
  },
  {
    name: "B: terminating past the deadline",
    pod: terminating({ phase: "Running", ...ips }, 0),
    want: "reclaim record endpoint terminating-over",
  },
  {
    name: "B: the additional delay counts",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { additionalDelayMs: 1 },
    want: "trace terminating",
  },
  {
    name: "B: ready node, its switch off",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onReadyNode: false },
    want: "keep switched-off",
  },
  {
    name: "B: node not ready, its switch off",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onNotReadyNode: false },
    facts: { node: node("False") },
    want: "keep switched-off",
  },
  {
    name: "B: node not ready, its switch on",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onReadyNode: false },
    facts: { node: node("False") },
    want: "reclaim record endpoint terminating-over",
  },
  {
    name: "B: a missing node is not ready",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onReadyNode: false },
    facts: { node: undefined },
    want: "reclaim record endpoint terminating-over",
  },
  {
    name: "B: no grace period to count with",
    pod: { ...living(), metadata: { ...living().metadata, deletionTimestamp: "2020-01-01T00:00:00Z" } },
    want: "keep no-deadline",
  },
  { name: "B: podIPs", want: "keep has-addresses" },
  { name: "B: Running, no podIPs, switch off", pod: living({ phase: "Running" }), want: "keep switched-off" },
  {
    name: "B: Running, no podIPs, switch on",
    pod: living({ phase: "Running" }),
    switches: { onEmptyPodIPs: true },
    want: "reclaim record endpoint no-addresses",
  },
  { name: "B: Unknown, no podIPs", pod: living({ phase: "Unknown" }), want: "reclaim record endpoint no-addresses" },
  { name: "B: Unknown, podIPs", pod: living({ phase: "Unknown", ...ips }), want: "keep has-addresses" },
  // C: record of another UID
  { name: "C: another UID", recordUid: "U9", want: "reclaim record other-incarnation" },
  {
    name: "C: another UID, Pod pending",
    pod: living({ phase: "Pending" }),
    recordUid: "U9",
    want: "reclaim record other-incarnation",
  },
  {
    name: "C: another UID, fixed with podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    recordUid: "U9",
    endpoint: "StatefulSet U1",
    want: "reclaim record other-incarnation",
  },
  {
    name: "C: another UID, fixed and wanted",
    pod: fixed({ phase: "Pending" }),
    recordUid: "U9",
    endpoint: "StatefulSet U1",
    want: "keep pending",
  },
  {
    name: "C: another UID, fixed and unwanted",
    pod: fixed({ phase: "Pending" }),
    recordUid: "U9",
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record other-incarnation",
  },
  {
    name: "C: a static Pod's own UID",
    pod: { ...podOf({ "kubernetes.io/config.mirror": "H", "kubernetes.io/config.hash": "H" }), status: ips },
    recordUid: "H",
    endpoint: "Node H",
    want: "keep has-addresses",
  },
  {
    name: "C: the UID of an earlier mirror of a static Pod",
    pod: mirror("H1"),
    recordUid: "M0",
    endpoint: "Node M0 H1",
    want: "keep has-addresses",
  },
  {
    name: "C: the UID of the mirror of an earlier static Pod",
    pod: mirror("H2"),
    recordUid: "M0",
    endpoint: "Node M0 H1",
    want: "reclaim record endpoint other-incarnation",
  },
  // D: endpoint of another UID
  {
    name: "D: another UID does not force the record",
    endpoint: "Deployment U9",
    want: "reclaim endpoint other-incarnation",
  },
  {
    name: "D: record and endpoint of another UID",
    recordUid: "U9",
    endpoint: "Deployment U9",
    want: "reclaim record endpoint other-incarnation",
  },
  {
    name: "D: another UID, fixed and wanted",
    pod: fixed({ phase: "Pending" }),
    recordUid: "U9",
    endpoint: "StatefulSet U9",
    want: "keep pending",
  },
  {
    name: "D: another UID, fixed with podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    endpoint: "StatefulSet U9",
    want: "reclaim endpoint other-incarnation",
  },
  { name: "D: no endpoint", pod: living({ phase: "Unknown" }), endpoint: "none", want: "reclaim record no-addresses" },
  // records that the endpoint of a living Pod does not list
  {
    name: "unlisted, grace over",
    facts: { address: "10.1.0.11", unlistedForMs: 1200, unlistedGraceMs: 1200 },
    want: "reclaim record unlisted",
  },
  {
    name: "unlisted, in grace",
    facts: { address: "10.1.0.11", unlistedForMs: 1199, unlistedGraceMs: 1200 },
    want: "keep has-addresses",
  },
  { name: "unlisted, no grace set", facts: { address: "10.1.0.11", unlistedForMs: 1e9 }, want: "keep has-addresses" },
  {
    name: "unlisted, no endpoint",
    endpoint: "none",
    facts: { unlistedForMs: 1e9, unlistedGraceMs: 1 },
    want: "keep has-addresses",
  },
  { name: "listed", facts: { unlistedForMs: 1e9, unlistedGraceMs: 1 }, want: "keep has-addresses" },
];
for (const row of rows) {
  Deno.test(`decideGc() decides: ${row.name}`, () => assert.equal(decide(row), row.want));
}

Deno.test("formatGcReason() has words", () => {
  assert.equal(formatGcReason("pod-gone"), "the Pod does not exist");
});
