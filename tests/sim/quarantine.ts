import type { StoredRecord } from "./pool_mirror.ts";

/** How long an address stays aside, in milliseconds. */
export const QUARANTINE_MS = 60_000;
/** By how much the clocks of two agents may differ, in milliseconds. */
const SKEW_MS = 30_000;

/** Whether the record sets an address aside. */
export function isQuarantine({ podUid }: Pick<StoredRecord, "podUid">): boolean {
  return podUid.startsWith("quarantine:");
}

/** Whether everybody must still heed the record at `nowMs`. */
export function isHeeded(record: StoredRecord, nowMs: number): boolean {
  return isQuarantine(record) && nowMs + SKEW_MS < Date.parse(record.podUid.slice("quarantine:".length));
}
