import { type Address, formatAddress, tryParseAddress } from "../../net/ip/address.ts";

/**
 * Who holds one address. `pod` and `podUid` are upstream's; the rest is ours and may be missing after an upstream
 * component rewrote the pool (it drops unknown keys).
 */
export interface PoolRecord {
  /** `<namespace>/<Pod name>`, or `<namespace>/<VMI name>`. */
  readonly pod: string;
  readonly podUid: string;
  /** Left out for `eth0`. */
  readonly nic?: string;
  /** Node whose agent wrote the record. */
  readonly node?: string;
}

/** A record with its key, parsed and encoded once. */
export interface RecordEntry {
  /** Canonical text of the address; the text itself when it is no address. */
  readonly key: string;
  readonly address: Address | undefined;
  readonly record: PoolRecord;
  /** `"<address>":{…}` as it stands in the encoded object. */
  readonly text: string;
  /** Bytes of `text` and a comma inside a JSON string, where quotes are escaped. */
  readonly bytes: number;
}

/** Cannot read `status.allocatedIPs`: nothing may be written over text that nobody understands. */
export class MalformedRecordsError extends Error {
  override readonly name = "MalformedRecordsError";
  constructor(readonly detail: string) {
    super(`Cannot read status.allocatedIPs: ${detail}; repair or remove the field by hand`);
  }
}

/** The NIC a record is for, as far as the record itself tells. */
export function nicOfRecord(record: PoolRecord): string {
  return record.nic ?? "eth0";
}

/** Builds the entry of `key`; unknown members of `record` are kept. */
export function recordEntry(key: string, record: PoolRecord): RecordEntry {
  const address = tryParseAddress(key);
  const canonical = address === undefined ? key : formatAddress(address);
  const { pod, podUid, ...rest } = record;
  const text = `${JSON.stringify(canonical)}:${JSON.stringify({ pod, podUid, ...rest })}`;
  return { key: canonical, address, record, text, bytes: escapedBytes(text) };
}

/**
 * Reads the text of `status.allocatedIPs` (spec/crds.md §2.4).
 *
 * @throws {MalformedRecordsError} if `text` is not a JSON object of objects with `pod` and `podUid`
 */
export function parseRecordEntries(text: string): RecordEntry[] {
  return Object.entries(parseObject(text)).map(([key, value]) => recordEntry(key, recordOf(key, value)));
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedRecordsError(cause instanceof Error ? cause.message : "not JSON");
  }
  if (!isObject(value)) throw new MalformedRecordsError("not a JSON object");
  return value;
}

function recordOf(key: string, value: unknown): PoolRecord {
  if (!isObject(value) || typeof value.pod !== "string" || typeof value.podUid !== "string") {
    throw new MalformedRecordsError(`record "${key}" has no pod or podUid`);
  }
  return { ...value, pod: value.pod, podUid: value.podUid };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Bytes of `text` inside a JSON string, and one for a comma. Names of Pods are ASCII; keys that are no address may not be. */
function escapedBytes(text: string): number {
  if (!/^[ -~]*$/.test(text)) return new TextEncoder().encode(JSON.stringify(text)).length - 1;
  let bytes = text.length + 1;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"' || text[i] === "\\") bytes++;
  }
  return bytes;
}
