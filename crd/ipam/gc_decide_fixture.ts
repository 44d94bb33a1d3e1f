/** Cases of garbage collection as rows: what differs from a living Pod with its own record, and what is decided. */
import assert from "node:assert/strict";
import type { Node, Pod, PodStatus } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { endpointBody } from "./endpoint_fixture.ts";
import { decideGc } from "./gc_decide.ts";
import type { GcFacts, GcSwitches } from "./gc_facts.ts";
import { podOf } from "./plan_fixture.ts";

const now = Date.UTC(2026, 0, 1, 12, 0, 0);
const on: GcSwitches = { onReadyNode: true, onNotReadyNode: true, onEmptyPodIPs: false, additionalDelayMs: 0 };
/** Status of a Pod that has its address. */
export const ips = { podIPs: [{ ip: "10.1.0.10" }] };

/** What a row says; the rest is a living Deployment Pod `ns1/p` (U1) with record and endpoint of its own. */
export interface GcRow {
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

/** Pod `ns1/p` as it lives. */
export function living(status: PodStatus = { phase: "Running", ...ips }): Pod {
  return { ...podOf(), status };
}

/** Deleted so that rule T's deadline lies `leftMs` ahead of now. */
export function terminating(status: PodStatus, leftMs: number, owner?: string): Pod {
  const pod = owner === undefined ? living(status) : fixed(status, owner);
  const deletionTimestamp = new Date(now + leftMs - 30_000).toISOString();
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 30 } };
}

/** The Pod of an owner whose Pods keep their addresses. @param kind of the owner */
export function fixed(status: PodStatus, kind = "StatefulSet"): Pod {
  const pod = living(status);
  const apiVersion = kind === "StatefulSet" ? "apps/v1" : "kubevirt.io/v1";
  return {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences: [{ apiVersion, kind, name: "db", uid: "S1", controller: true }] },
  };
}

/** A living static Pod that its runtime knows as `hash`. */
export function mirror(hash: string): Pod {
  const pod = living();
  const annotations = { "kubernetes.io/config.mirror": hash, "kubernetes.io/config.hash": hash };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}

function endpointOf(text: string): SpiderEndpoint | undefined {
  if (text === "none") return undefined;
  const [ownerType = "", uid = "", runtimeUid] = text.split(" ");
  return endpointBody({ uid, ownerType, attachments: JSON.stringify({ eth0: { containerId: "c1", runtimeUid } }) });
}

/** Node `n1`. */
export function node(ready: "True" | "False"): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n1" },
    status: { conditions: [{ type: "Ready", status: ready }] },
  };
}

function decide(
  { pod = living(), recordUid = "U1", endpoint = "Deployment U1", wanted = true, ...row }: GcRow,
): string {
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

/** Registers a test for each row. */
export function testGc(rows: readonly GcRow[]): void {
  for (const row of rows) Deno.test(`decideGc() decides: ${row.name}`, () => assert.equal(decide(row), row.want));
}
