import type { InterfaceAllocation, PodAllocation } from "../generated/mod.ts";

/** A past allocation of a Pod name: one entry of annotation `ipam.spidernet.io/history`. */
export interface PastAllocation {
  readonly uid: string;
  readonly node: string;
  readonly ips: readonly PastInterface[];
  /** When it ended, RFC 3339. */
  readonly until: string;
}

/** What one interface held. */
export type PastInterface = Pick<InterfaceAllocation, "interface" | "ipv4" | "ipv4Pool" | "ipv6" | "ipv6Pool">;

/** All annotations of an object may take 256 KiB together; the history leaves room for those of others. */
const maxBytes = 64 * 1024;

/** Reads the annotation, newest first. It is for people: what cannot be read is dropped at the next write. */
export function historyOf(text: string | undefined): readonly PastAllocation[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter(isPastAllocation) : [];
  } catch {
    return []; // see above
  }
}

/**
 * Puts an allocation that has ended in front of the history.
 *
 * @param maxRecords `SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS`; the oldest go first, also beyond 64 KiB
 * @returns the annotation's value, `undefined` when nothing is to be kept
 */
export function formatHistory(
  past: readonly PastAllocation[],
  ended: { readonly current: PodAllocation; readonly until: string },
  maxRecords: number,
): string | undefined {
  const { uid, node, ips } = ended.current;
  const records = [{ uid, node, ips: ips.map(pastInterface), until: ended.until }, ...past].slice(0, maxRecords);
  const kept: string[] = [];
  let bytes = 2;
  for (const record of records) {
    const text = JSON.stringify(record);
    bytes += text.length + 1;
    if (bytes > maxBytes) break;
    kept.push(text);
  }
  return kept.length === 0 ? undefined : `[${kept.join(",")}]`;
}

function pastInterface({ interface: nic, ipv4, ipv4Pool, ipv6, ipv6Pool }: InterfaceAllocation): PastInterface {
  return {
    interface: nic,
    ...(ipv4 !== undefined && { ipv4 }),
    ...(ipv4Pool !== undefined && { ipv4Pool }),
    ...(ipv6 !== undefined && { ipv6 }),
    ...(ipv6Pool !== undefined && { ipv6Pool }),
  };
}

function isPastAllocation(value: unknown): value is PastAllocation {
  return typeof value === "object" && value !== null && "uid" in value && typeof value.uid === "string" &&
    "node" in value && typeof value.node === "string" && "until" in value && typeof value.until === "string" &&
    "ips" in value && Array.isArray(value.ips);
}
