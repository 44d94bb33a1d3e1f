import type { PoolRecord } from "./record.ts";

/** An address set aside because somebody in the network answered for it. */
export interface Quarantine {
  /** Milliseconds since the Unix epoch; `undefined` if the record does not say it readably: it then lasts. */
  readonly expiresMs: number | undefined;
}

/** The record of an address in quarantine; upstream's writes keep only its first two members. */
export interface QuarantineRecord extends PoolRecord {
  readonly reason: "conflict";
  /** Link-layer address of who answered. */
  readonly mac?: string;
}

/** Longest quarantine, in milliseconds: a day. */
export const MAX_QUARANTINE_MS = 24 * 60 * 60 * 1000;

/**
 * How far the clocks of two nodes may lie apart without a quarantine being cut short, in milliseconds. Beyond that
 * nothing breaks: who gets the address probes it again.
 */
const CLOCK_SKEW_MS = 30_000;

const MARK = "quarantine:";
const SUFFIX = "/quarantine";
/** RFC 3339 §5.6: `Date.parse` alone takes `5` for a year. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:\d{2}(\.\d+)?(z|[+-]\d{2}:\d{2})$/i;
const lasting: Quarantine = { expiresMs: undefined };

/**
 * The quarantine a record stands for, or `undefined` for the record of a Pod. Its form is
 * `pod: "<namespace>/<name>/quarantine"`, `podUid: "quarantine:<expiry, RFC 3339>"`; either mark is enough.
 */
export function quarantineOf({ pod, podUid }: Pick<PoolRecord, "pod" | "podUid">): Quarantine | undefined {
  if (!podUid.startsWith(MARK)) return pod.endsWith(SUFFIX) && pod.split("/").length === 3 ? lasting : undefined;
  const text = podUid.slice(MARK.length);
  const expiresMs = TIMESTAMP.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(expiresMs) ? lasting : { expiresMs };
}

/** Whether the address may be handed out again. Every node's clock has passed the expiry then. */
export function isQuarantineOver({ expiresMs }: Quarantine, nowMs: number): boolean {
  return expiresMs !== undefined && nowMs >= expiresMs + CLOCK_SKEW_MS;
}

/** Whether `record` is a quarantine that was asked for on behalf of the Pod `pod` (`<namespace>/<name>`). */
export function isQuarantineFor(record: PoolRecord, pod: string): boolean {
  return record.pod === `${pod}${SUFFIX}` && quarantineOf(record) !== undefined;
}

/**
 * The record that takes the place of `holder`'s.
 *
 * @param facts `node`: whose agent writes it; `expiresMs`: since the epoch, rounded up to a second
 */
export function quarantineRecord(
  holder: PoolRecord,
  { node, mac, expiresMs }: { readonly node: string; readonly mac?: string | undefined; readonly expiresMs: number },
): QuarantineRecord {
  const podUid = `${MARK}${formatExpiry(expiresMs)}`;
  return { pod: `${holder.pod}${SUFFIX}`, podUid, node, reason: "conflict", ...(mac === undefined ? {} : { mac }) };
}

/** RFC 3339 in whole seconds, rounded up. */
export function formatExpiry(expiresMs: number): string {
  return new Date(Math.ceil(expiresMs / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
