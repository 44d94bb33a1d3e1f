import type { Pod } from "../core/mod.ts";

/** Why a Pod needs no addresses any more. */
export type DeadReason = "terminating" | "succeeded" | "failed" | "evicted";

/** Why the Pod is dead, or `undefined` while it is alive: its containers run or may run again (spec/ipam.md §3, step 2). */
export function deadReasonOf({ metadata, spec, status }: Pod): DeadReason | undefined {
  const restartPolicy = spec.restartPolicy ?? "Always";
  if (metadata.deletionTimestamp !== undefined) return "terminating";
  if (status?.phase === "Succeeded" && restartPolicy !== "Always") return "succeeded";
  if (status?.phase === "Failed" && restartPolicy === "Never") return "failed";
  if (status?.phase === "Failed" && status.reason === "Evicted") return "evicted";
  return undefined;
}

/** Whether the Pod's containers run or may run again. */
export function isPodAlive(pod: Pod): boolean {
  return deadReasonOf(pod) === undefined;
}

/** Whether the Pod's containers have ended, for good or for evil; one that is only being deleted may still run. */
export function hasPodEnded({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Says a {@linkcode DeadReason} as half a sentence that follows the Pod. */
export function formatDeadReason(reason: DeadReason): string {
  switch (reason) {
    case "terminating":
      return "is being deleted";
    case "succeeded":
      return "has succeeded and is not restarted";
    case "failed":
      return "has failed and is not restarted";
    case "evicted":
      return "was evicted";
    default:
      return reason satisfies never;
  }
}
