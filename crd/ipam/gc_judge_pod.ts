import type { Pod } from "../core/mod.ts";
import type { GcFacts } from "./gc_facts.ts";
import type { GcReason } from "./gc_reason.ts";
import { hasPodEnded } from "./pod_alive.ts";

/** What the state of a Pod says about what it holds; spec/controller.md §6.6 B. */
export interface PodVerdict {
  readonly action: "keep" | "trace" | "reclaim";
  readonly reason: GcReason;
}

/** Case B for a Pod of a StatefulSet or VM. One that is wanted never loses its address. */
export function judgeFixedPod(pod: Pod, facts: GcFacts): PodVerdict {
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
export function judgeStatelessPod(pod: Pod, facts: GcFacts): PodVerdict {
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
function judgeTerminating(pod: Pod, facts: GcFacts, allowed: boolean): PodVerdict {
  const { deletionTimestamp = "", deletionGracePeriodSeconds } = pod.metadata;
  const since = Date.parse(deletionTimestamp);
  if (deletionGracePeriodSeconds === undefined || Number.isNaN(since)) return { action: "keep", reason: "no-deadline" };
  const deadlineMs = since + deletionGracePeriodSeconds * 1000 + facts.switches.additionalDelayMs;
  if (facts.nowMs >= deadlineMs) {
    return allowed ? { action: "reclaim", reason: "terminating-over" } : { action: "keep", reason: "switched-off" };
  }
  return hasAddresses(pod)
    ? { action: "trace", reason: "terminating" }
    : { action: "reclaim", reason: "terminating-without-addresses" };
}

function isNodeAllowed({ node, switches }: GcFacts): boolean {
  const ready = node?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  return ready ? switches.onReadyNode : switches.onNotReadyNode;
}

/** Whether the kubelet has reported addresses of the Pod. */
export function hasAddresses({ status }: Pod): boolean {
  return (status?.podIPs ?? []).length > 0;
}
