import { type Address, formatAddress, tryParseAddress } from "../../net/ip/address.ts";

declare global {
  interface JSON {
    /** A value that `JSON.stringify` writes as `text`. Source: TC39, "JSON.parse source text access". */
    rawJSON(text: string): unknown;
  }
}

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
  /** Why nobody can make sense of it; absent for what is well. */
  readonly oddity?: Oddity;
}

/** What is wrong with an entry. */
export type Oddity =
  /** The key is no address. */
  | "no-address"
  /** The key spells an address that stands there under another key, too. Both are kept until their Pods go. */
  | "double"
  /** The value says no Pod. It is kept as it is, and belongs to nobody. */
  | "unreadable";

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
  const { pod, podUid, ...rest } = record;
  const body = JSON.stringify({ pod, podUid, ...rest });
  if (address === undefined) return { ...encoded(key, body), address, record, oddity: "no-address" };
  return { ...encoded(formatAddress(address), body), address, record };
}

/**
 * Reads the text of `status.allocatedIPs` (spec/crds.md §2.4). What cannot be made sense of has an
 * {@linkcode RecordEntry.oddity}. Keys are unique; one key of each address is its canonical text.
 *
 * @throws {MalformedRecordsError} if `text` is not a JSON object
 */
export function parseRecordEntries(text: string): RecordEntry[] {
  const members = Object.entries(parseObject(text));
  const keys = new Set(members.map(([key]) => key));
  return members.map(([key, value]) => {
    const entry = isRecord(value) ? recordEntry(key, value) : unreadableEntry(key, value);
    if (entry.key === key) return entry;
    if (keys.has(entry.key)) return doubleEntry(key, entry);
    keys.add(entry.key);
    return entry;
  });
}

function unreadableEntry(key: string, value: unknown): RecordEntry {
  const address = tryParseAddress(key);
  const canonical = address === undefined ? key : formatAddress(address);
  const record = { pod: "", podUid: "" };
  return { ...encoded(canonical, JSON.stringify(value)), address, record, oddity: "unreadable" };
}

/** `entry` under the key as it is spelled, for the canonical one is taken. */
function doubleEntry(key: string, entry: RecordEntry): RecordEntry {
  const body = entry.text.slice(JSON.stringify(entry.key).length + 1);
  return { ...entry, ...encoded(key, body), oddity: entry.oddity ?? "double" };
}

/** An entry's key and text. */
function encoded(key: string, body: string): Pick<RecordEntry, "key" | "text" | "bytes"> {
  const text = `${JSON.stringify(key)}:${body}`;
  return { key, text, bytes: escapedBytes(text) };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = isInexact(text) ? JSON.parse(text, exactNumber) : JSON.parse(text);
  } catch (cause) {
    throw new MalformedRecordsError(cause instanceof Error ? cause.message : "not JSON");
  }
  if (!isObject(value)) throw new MalformedRecordsError("not a JSON object");
  return value;
}

/** Whether there may be a number that no double holds. Rare: nobody who is known writes numbers at all. */
function isInexact(text: string): boolean {
  return /[[:,]\s*-?(?:\d[\d.]{15}|[\d.]+[eE])/.test(text);
}

/** Keeps a number as it is spelled where a double would be another. */
function exactNumber(_key: string, value: unknown, { source = "" }: { source?: string } = {}): unknown {
  return typeof value === "number" && String(value) !== source ? JSON.rawJSON(source) : value;
}

function isRecord(value: unknown): value is PoolRecord {
  return isObject(value) && typeof value.pod === "string" && typeof value.podUid === "string";
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
