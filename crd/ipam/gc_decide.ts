import { formatAddress } from "../../net/ip/mod.ts";
import type { Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { resultsOfEndpoint } from "./endpoint_entry.ts";
import { fixedAddressOf } from "./endpoint_metadata.ts";
import type { GcFacts } from "./gc_facts.ts";
import { hasAddresses, judgeFixedPod, judgeStatelessPod } from "./gc_judge_pod.ts";
import type { GcReason } from "./gc_reason.ts";
import { deadReasonOf, hasPodEnded } from "./pod_alive.ts";
import { isPodUid } from "./pod_identity.ts";
import { isQuarantineOver, quarantineOf } from "./quarantine.ts";
import { isSameStaticPod } from "./static_pod.ts";
import { controllerOf } from "./top_controller.ts";

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

/** A record that the endpoint of its living Pod does not list is what a failed ADD left (spec/ipam.md §15). */
function isUnlisted({ address, endpoint, ...facts }: GcFacts, sameIncarnation: boolean): boolean {
  if (!sameIncarnation || endpoint === undefined || facts.unlistedGraceMs === undefined) return false;
  const listed = resultsOfEndpoint(endpoint).some((result) => formatAddress(result.address) === address);
  return !listed && (facts.unlistedForMs ?? 0) >= facts.unlistedGraceMs;
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

function keep(reason: GcReason): GcDecision {
  return { action: "keep", releaseRecord: false, releaseEndpoint: false, reason };
}

function release(reason: GcReason, what: { readonly record: boolean; readonly endpoint: boolean }): GcDecision {
  return { action: "reclaim", releaseRecord: what.record, releaseEndpoint: what.endpoint, reason };
}
