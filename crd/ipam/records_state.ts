import { type Family, formatAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { quarantineOf } from "./quarantine.ts";
import type { RecordEntry } from "./record.ts";

/** All that is kept about one pool's records; every part says the same thing. */
export interface RecordsState {
  readonly entries: Map<string, RecordEntry>;
  /** Keys by Pod UID, in byte order. */
  readonly byUid: Map<string, readonly string[]>;
  readonly used: Map<Family, AddressSet>;
  /** Entries of addresses in quarantine. */
  readonly quarantined: Map<string, RecordEntry>;
  /** Keys that spell an address which stands there under another key, too. */
  readonly doubles: readonly string[];
  /** Of all entries, a comma after each. */
  bytes: number;
}

/** What is kept about no records. */
export function emptyState(): RecordsState {
  return { entries: new Map(), byUid: new Map(), used: new Map(), quarantined: new Map(), doubles: [], bytes: 0 };
}

/** What is kept about `entries`. */
export function stateOf(entries: readonly RecordEntry[]): RecordsState {
  const odd = entries.filter(({ oddity }) => oddity !== undefined);
  const doubles = odd.flatMap(({ key, address }) => address && formatAddress(address) !== key ? [key] : []);
  const state: RecordsState = { ...emptyState(), doubles, byUid: keysByUid(entries) };
  for (const entry of entries) keep(state, entry);
  for (const family of [4, 6] as const) state.used.set(family, usedOf(entries, family));
  return state;
}

/** A state that can be changed while `state` stays as it is. */
export function copyOf({ entries, byUid, used, quarantined, doubles, bytes }: RecordsState): RecordsState {
  return {
    entries: new Map(entries),
    byUid: new Map(byUid),
    used: new Map(used),
    quarantined: new Map(quarantined),
    doubles,
    bytes,
  };
}

/** Adds an entry to everything but {@linkcode RecordsState.used}. */
export function addEntry(state: RecordsState, entry: RecordEntry): void {
  keep(state, entry);
  if (!isSomebodys(entry)) return;
  const { podUid } = entry.record;
  state.byUid.set(podUid, [...state.byUid.get(podUid) ?? [], entry.key].sort());
}

/** Takes an entry out of everything but {@linkcode RecordsState.used}. */
export function removeEntry(state: RecordsState, entry: RecordEntry): void {
  const { podUid } = entry.record;
  const rest = (state.byUid.get(podUid) ?? []).filter((key) => key !== entry.key);
  state.entries.delete(entry.key);
  state.quarantined.delete(entry.key);
  if (rest.length > 0) state.byUid.set(podUid, rest);
  else state.byUid.delete(podUid);
  state.bytes -= entry.bytes;
}

/** Whether another key spells the address of `entry`, which is gone. */
export function isRecordedTwice({ entries, doubles }: RecordsState, { address }: RecordEntry): boolean {
  if (doubles.length === 0 || address === undefined) return false;
  return [formatAddress(address), ...doubles].some((key) => {
    const other = entries.get(key)?.address;
    return other?.family === address.family && other.value === address.value;
  });
}

/** Adds an entry to what needs no look at the others. */
function keep(state: RecordsState, entry: RecordEntry): void {
  state.entries.set(entry.key, entry);
  state.bytes += entry.bytes;
  if (isSomebodys(entry) && quarantineOf(entry.record) !== undefined) state.quarantined.set(entry.key, entry);
}

/** Whether a UID may find it: what is unreadable is nobody's. */
function isSomebodys({ oddity }: RecordEntry): boolean {
  return oddity !== "unreadable";
}

/** One list after the other: a key at a time would take as long as the square of how many records one UID has. */
function keysByUid(entries: readonly RecordEntry[]): Map<string, readonly string[]> {
  const byUid = new Map<string, string[]>();
  for (const { key, record: { podUid } } of entries.filter(isSomebodys)) {
    const keys = byUid.get(podUid);
    if (keys === undefined) byUid.set(podUid, [key]);
    else keys.push(key);
  }
  for (const keys of byUid.values()) if (keys.length > 1) keys.sort();
  return byUid;
}

function usedOf(entries: readonly RecordEntry[], family: Family): AddressSet {
  const values = entries.flatMap(({ address }) => address?.family === family ? [address.value] : []);
  return AddressSet.of(family, values.map((value) => ({ first: value, last: value })));
}
