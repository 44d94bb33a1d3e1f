import { formatAddress } from "../../net/ip/mod.ts";
import type { Node, Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { fixedAddressOf } from "./endpoint_metadata.ts";
import { resultsOfEndpoint } from "./endpoint_entry.ts";
import type { IpamFeatures } from "./features.ts";
import type { GcReason } from "./gc_reason.ts";
import { deadReasonOf, hasPodEnded } from "./pod_alive.ts";
import { isPodUid } from "./pod_identity.ts";
import { isQuarantineOver, quarantineOf } from "./quarantine.ts";
import type { PoolRecord } from "./record.ts";
import { isSameStaticPod } from "./static_pod.ts";
import { controllerOf } from "./top_controller.ts";

/** The environment switches of garbage collection; spec/controller.md §2.1. */
export interface GcSwitches {
  /** `SPIDERPOOL_GC_STATELESS_TERMINATING_POD_ON_READY_NODE_ENABLED`. */
  readonly onReadyNode: boolean;
  /** `SPIDERPOOL_GC_STATELESS_TERMINATING_POD_ON_NOT_READY_NODE_ENABLED`. */
  readonly onNotReadyNode: boolean;
  /** `SPIDERPOOL_GC_ENABLE_STATELESS_RUNNING_POD_ON_EMPTY_POD_STATUS_IPS`. */
  readonly onEmptyPodIPs: boolean;
  /** `SPIDERPOOL_GC_ADDITIONAL_GRACE_DELAY`, in milliseconds. */
  readonly additionalDelayMs: number;
}

/**
 * What is known of one record of a pool. Whoever acts on the verdict has read Pod, node and endpoint live, **after** the
 * record: a cached "not found" would free the address of a new Pod. A look-up that failed otherwise ends the matter. The
 * Pod comes last: an endpoint that is read after a Pod was missed may be that of the next one.
 */
export interface GcFacts {
  /** Canonical text. */
  readonly address: string;
  readonly record: PoolRecord;
  /** Pod of the record's namespace and name. */
  readonly pod: Pod | undefined;
  /** Endpoint of the record's namespace and name. */
  readonly endpoint: SpiderEndpoint | undefined;
  /** Whether the StatefulSet or VM behind the name still wants it; `undefined` when that could not be told. */
  readonly wanted: boolean | undefined;
  /** Another Pod that may use the address where none has the record's name: {@linkcode podKeeping} finds it. */
  readonly podOfUid?: Pod | undefined;
  /** Node of either Pod; one that does not exist counts as not ready. */
  readonly node: Node | undefined;
  readonly features: Pick<IpamFeatures, "enableStatefulSet" | "enableKubevirt">;
  readonly switches: GcSwitches;
  readonly nowMs: number;
  /** For how long the endpoint of the living Pod has been seen without the address. @default 0 */
  readonly unlistedForMs?: number | undefined;
  /** From when on such a record is freed; two scan intervals. @default never */
  readonly unlistedGraceMs?: number | undefined;
}

/** What becomes of one record, and of the endpoint of its name. */
export interface GcDecision {
  /** `reclaim` when anything is released, else `trace` when the Pod is to be watched until its time is over. */
  readonly action: "keep" | "trace" | "reclaim";
  /** Compare-and-delete the record: same address, same UID. */
  readonly releaseRecord: boolean;
  /** Delete the endpoint and drop its finalizer. */
  readonly releaseEndpoint: boolean;
  readonly reason: GcReason;
}

/** What the state of a Pod says about what it holds; spec/controller.md §6.6 B. */
interface PodVerdict {
  readonly action: GcDecision["action"];
  readonly reason: GcReason;
}

/** Decides about one record of a pool; spec/controller.md §6.6. */
export function decideGc(facts: GcFacts): GcDecision {
  const { record, pod } = facts;
  const quarantine = quarantineOf(record);
  if (quarantine !== undefined) {
    return isQuarantineOver(quarantine, facts.nowMs)
      ? release("quarantine-over", { record: true, endpoint: false })
      : keep("quarantine");
  }
  if (!/^[^/]+\/[^/]+$/.test(record.pod)) return keep("malformed-record");
  return pod === undefined ? decideWithoutPod(facts) : decideWithPod(facts, pod);
}

/** Case A. */
function decideWithoutPod(facts: GcFacts): GcDecision {
  const { endpoint, features, wanted, podOfUid } = facts;
  const dead = podOfUid && deadReasonOf(podOfUid);
  if (podOfUid !== undefined && dead === undefined) return keep("alive-by-uid");
  if (podOfUid !== undefined && dead === "terminating" && !hasPodEnded(podOfUid)) {
    const { action, reason } = judgeStatelessPod(podOfUid, facts);
    if (action !== "reclaim") return { ...keep(reason), action };
  }
  if (endpoint === undefined) return release("pod-gone", { record: true, endpoint: false });
  if (hasFixedOwner(endpoint, features)) {
    if (wanted === undefined) return keep("owner-unknown");
    if (wanted) return keep("owner-wants-it");
  }
  return release("pod-gone", { record: true, endpoint: true });
}

/** Cases B to D. */
function decideWithPod(facts: GcFacts, pod: Pod): GcDecision {
  const fixed = isFixed(pod, facts.features);
  if (fixed && facts.wanted === undefined) return keep("owner-unknown");
  const verdict = fixed ? judgeFixedPod(pod, facts) : judgeStatelessPod(pod, facts);
  const endpointUid = facts.endpoint?.status?.current.uid;
  const isSame = isSameStaticPod(facts.endpoint, pod);
  const ownEndpoint = endpointUid !== undefined && (isSame || isPodUid(pod, endpointUid));
  const ownRecord = isPodUid(pod, facts.record.podUid) || (isSame && facts.record.podUid === endpointUid);
  const stale = !fixed || hasAddresses(pod) || facts.wanted === false;
  const reclaim = verdict.action === "reclaim";
  const releaseRecord = ownRecord ? reclaim : stale;
  const releaseEndpoint = endpointUid !== undefined && (ownEndpoint ? reclaim : stale);
  if (reclaim) return release(verdict.reason, { record: releaseRecord, endpoint: releaseEndpoint });
  if (releaseRecord || releaseEndpoint) {
    return release("other-incarnation", { record: releaseRecord, endpoint: releaseEndpoint });
  }
  if (isUnlisted(facts, ownRecord && ownEndpoint)) return release("unlisted", { record: true, endpoint: false });
  return { ...keep(verdict.reason), action: verdict.action };
}

/** Case B for a Pod of a StatefulSet or VM. One that is wanted never loses its address. */
function judgeFixedPod(pod: Pod, facts: GcFacts): PodVerdict {
  const { phase } = pod.status ?? {};
  if (hasPodEnded(pod)) {
    return facts.wanted ? { action: "trace", reason: "completed" } : { action: "reclaim", reason: "owner-unwanted" };
  }
  if (phase === "Pending") return { action: "keep", reason: "pending" };
  if (facts.wanted) return { action: "keep", reason: "owner-wants-it" };
  if (pod.metadata.deletionTimestamp !== undefined) return judgeTerminating(pod, facts, false);
  return hasAddresses(pod)
    ? { action: "keep", reason: "has-addresses" }
    : { action: "reclaim", reason: "owner-unwanted" };
}

/** Case B for every other Pod, and for one that keeps what is recorded under the name of its VM. */
function judgeStatelessPod(pod: Pod, facts: GcFacts): PodVerdict {
  const { phase } = pod.status ?? {};
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  if (hasPodEnded(pod)) {
    return terminating ? judgeTerminating(pod, facts, isNodeAllowed(facts)) : { action: "trace", reason: "completed" };
  }
  if (phase === "Pending") return { action: "keep", reason: "pending" };
  if (terminating) return judgeTerminating(pod, facts, isNodeAllowed(facts));
  if (hasAddresses(pod)) return { action: "keep", reason: "has-addresses" };
  if (phase === "Running" && !facts.switches.onEmptyPodIPs) return { action: "keep", reason: "switched-off" };
  return { action: "reclaim", reason: "no-addresses" };
}

/** Rule T. The deletion timestamp already lies a grace period ahead, so a Pod is given it twice: the safe side. */
function judgeTerminating({ metadata, status }: Pod, facts: GcFacts, allowed: boolean): PodVerdict {
  const { deletionTimestamp = "", deletionGracePeriodSeconds } = metadata;
  const since = Date.parse(deletionTimestamp);
  if (deletionGracePeriodSeconds === undefined || Number.isNaN(since)) return { action: "keep", reason: "no-deadline" };
  const deadlineMs = since + deletionGracePeriodSeconds * 1000 + facts.switches.additionalDelayMs;
  if (facts.nowMs >= deadlineMs) {
    return allowed ? { action: "reclaim", reason: "terminating-over" } : { action: "keep", reason: "switched-off" };
  }
  return (status?.podIPs ?? []).length > 0
    ? { action: "trace", reason: "terminating" }
    : { action: "reclaim", reason: "terminating-without-addresses" };
}

/** A record that the endpoint of its living Pod does not list is what a failed ADD left (spec/ipam.md §15). */
function isUnlisted({ address, endpoint, ...facts }: GcFacts, sameIncarnation: boolean): boolean {
  if (!sameIncarnation || endpoint === undefined || facts.unlistedGraceMs === undefined) return false;
  const listed = resultsOfEndpoint(endpoint).some((result) => formatAddress(result.address) === address);
  return !listed && (facts.unlistedForMs ?? 0) >= facts.unlistedGraceMs;
}

function isNodeAllowed({ node, switches }: GcFacts): boolean {
  const ready = node?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  return ready ? switches.onReadyNode : switches.onNotReadyNode;
}

function isFixed(pod: Pod, features: GcFacts["features"]): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined) return false;
  return fixedAddressOf({ topController: { ...owner, namespace: "" }, features }) !== undefined;
}

function hasFixedOwner(
  { status }: SpiderEndpoint,
  { enableStatefulSet, enableKubevirt }: GcFacts["features"],
): boolean {
  return (enableStatefulSet && status?.ownerControllerType === "StatefulSet") ||
    (enableKubevirt && status?.ownerControllerType === "VirtualMachineInstance");
}

function hasAddresses({ status }: Pod): boolean {
  return (status?.podIPs ?? []).length > 0;
}

function keep(reason: GcReason): GcDecision {
  return { action: "keep", releaseRecord: false, releaseEndpoint: false, reason };
}

function release(reason: GcReason, what: { readonly record: boolean; readonly endpoint: boolean }): GcDecision {
  return { action: "reclaim", releaseRecord: what.record, releaseEndpoint: what.endpoint, reason };
}
