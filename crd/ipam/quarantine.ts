import type { PoolRecord } from "./record.ts";

/** An address set aside because somebody in the network answered for it. */
export interface Quarantine {
  /** Milliseconds since the Unix epoch; `undefined` if the record does not say it readably: it then lasts. */
  readonly expiresMs: number | undefined;
}

/**
 * The quarantine a record stands for, or `undefined` for the record of a Pod. Its form is
 * `pod: "<namespace>/<name>/quarantine"`, `podUid: "quarantine:<expiry, RFC 3339>"`; either mark is enough.
 */
export function quarantineOf({ pod, podUid }: Pick<PoolRecord, "pod" | "podUid">): Quarantine | undefined {
  const mark = "quarantine:";
  if (!podUid.startsWith(mark)) return pod.endsWith("/quarantine") && pod.split("/").length === 3 ? lasting : undefined;
  const expiresMs = Date.parse(podUid.slice(mark.length));
  return Number.isNaN(expiresMs) ? lasting : { expiresMs };
}

const lasting: Quarantine = { expiresMs: undefined };
