const texts = {
  "quarantine": "the address is set aside after a conflict",
  "quarantine-over": "the address was set aside after a conflict and its time is over",
  "malformed-record": "the record does not name a Pod",
  "alive-by-uid": "a living Pod has the record's UID",
  "pod-gone": "the Pod does not exist",
  "owner-unknown": "whether the owner still wants the address could not be told",
  "owner-wants-it": "the owner keeps the address for this name",
  "owner-unwanted": "the owner no longer has a Pod of this name",
  "other-incarnation": "it belongs to an earlier Pod of this name",
  "pending": "the Pod is pending",
  "has-addresses": "the Pod reports addresses",
  "completed": "the Pod has completed",
  "terminating": "the Pod is terminating and its time is not over",
  "terminating-over": "the Pod should have ended by now",
  "terminating-without-addresses": "the Pod is terminating and reports no addresses",
  "no-deadline": "the Pod is terminating without a deadline",
  "no-addresses": "the Pod reports no addresses",
  "switched-off": "the garbage collection of such Pods is switched off",
  "unlisted": "the endpoint of the living Pod does not list the address",
} as const;

/** Why garbage collection decides as it does. */
export type GcReason = keyof typeof texts;

/** Says a {@linkcode GcReason} in a log line or Event. */
export function formatGcReason(reason: GcReason): string {
  return texts[reason];
}
