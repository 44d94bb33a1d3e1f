import type { Family } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { MalformedRecordsError, parseRecordEntries, type PoolRecord, type RecordEntry, recordEntry } from "./record.ts";

/** What {@linkcode PoolRecords.edit} may do. Everything is seen as the draft stands. */
export interface RecordsDraft {
  /** Adds or replaces the record of `address` (canonical text). */
  put(address: string, record: PoolRecord): void;
  /** Drops the record of `address`; nothing happens when there is none. */
  drop(address: string): void;
  /** The entry of `address` (canonical text). */
  get(address: string): RecordEntry | undefined;
  /** Entries recorded for `podUid`, in byte order of their keys. */
  ofUid(podUid: string): readonly RecordEntry[];
  /** Addresses of `family` that are recorded. */
  used(family: Family): AddressSet;
  readonly size: number;
  /** Bytes of the encoded records as a JSON string: quotes escaped, outer quotes left out. 0 when there are none. */
  readonly encodedBytes: number;
}

/** All that is kept about one pool's records; every part says the same thing. */
interface State {
  readonly entries: Map<string, RecordEntry>;
  /** Keys by Pod UID, in byte order. */
  readonly byUid: Map<string, readonly string[]>;
  readonly used: Map<Family, AddressSet>;
  /** Of all entries, a comma after each. */
  bytes: number;
}

/**
 * The records of one pool: `status.allocatedIPs` as an immutable value (spec/crds.md §2.4).
 *
 * Keys that are no address are kept as they are and listed in {@linkcode malformed}; they count.
 */
export class PoolRecords {
  /** No records. */
  static readonly empty: PoolRecords = new PoolRecords(emptyState());
  readonly #state: State;

  private constructor(state: State) {
    this.#state = state;
  }

  /**
   * Reads `status.allocatedIPs`.
   *
   * @param text the field's value; absent and empty mean no records
   * @throws {MalformedRecordsError} if `text` is not a JSON object of objects with `pod` and `podUid`, or names an
   * address twice
   */
  static parse(text: string | undefined): PoolRecords {
    if (text === undefined || text === "") return PoolRecords.empty;
    const state = emptyState();
    const entries = parseRecordEntries(text);
    for (const entry of entries) {
      if (state.entries.has(entry.key)) throw new MalformedRecordsError(`address ${entry.key} stands there twice`);
      index(state, entry);
    }
    for (const family of [4, 6] as const) state.used.set(family, usedOf(entries, family));
    return new PoolRecords(state);
  }

  /** Number of records, malformed keys included. */
  get size(): number {
    return this.#state.entries.size;
  }

  /** Keys that are no address. */
  get malformed(): readonly string[] {
    return [...this.#state.entries.values()].filter((entry) => entry.address === undefined).map((entry) => entry.key);
  }

  /** The record of `address`, given as canonical text. */
  get(address: string): PoolRecord | undefined {
    return this.#state.entries.get(address)?.record;
  }

  /** All entries, in no particular order. */
  entries(): IterableIterator<RecordEntry> {
    return this.#state.entries.values();
  }

  /** Runs `change` on a draft. Returns `this` when nothing differs afterwards. */
  edit(change: (draft: RecordsDraft) => void): PoolRecords {
    const draft = new Draft(this.#state);
    change(draft);
    return draft.differsFrom(this.#state) ? new PoolRecords(draft.state) : this;
  }

  /** The field's value: compact JSON, keys in byte order; `undefined` when there are no records. */
  encode(): string | undefined {
    if (this.size === 0) return undefined;
    const texts = [...this.#state.entries.keys()].sort().map((key) => this.#state.entries.get(key)!.text);
    return `{${texts.join(",")}}`;
  }
}

/** Copies on the first change, so that a batch without an effect costs nothing. */
class Draft implements RecordsDraft {
  #state: State;
  #copied = false;
  readonly #touched = new Set<string>();

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  get size(): number {
    return this.#state.entries.size;
  }

  get encodedBytes(): number {
    return this.size === 0 ? 0 : this.#state.bytes + 1; // two braces more, one comma less
  }

  differsFrom(before: State): boolean {
    return [...this.#touched].some((key) => before.entries.get(key)?.text !== this.#state.entries.get(key)?.text);
  }

  get(address: string): RecordEntry | undefined {
    return this.#state.entries.get(address);
  }

  ofUid(podUid: string): readonly RecordEntry[] {
    return (this.#state.byUid.get(podUid) ?? []).map((key) => this.#state.entries.get(key)!);
  }

  used(family: Family): AddressSet {
    return this.#state.used.get(family) ?? AddressSet.empty(family);
  }

  put(address: string, record: PoolRecord): void {
    const entry = recordEntry(address, record);
    this.drop(entry.key);
    index(this.#write(entry.key), entry);
    if (entry.address === undefined) return;
    const { family, value } = entry.address;
    this.#state.used.set(family, this.used(family).with(value));
  }

  drop(address: string): void {
    const entry = this.#state.entries.get(address);
    if (entry === undefined) return;
    unindex(this.#write(address), entry);
    if (entry.address === undefined) return;
    const { family, value } = entry.address;
    this.#state.used.set(family, this.used(family).without(value));
  }

  #write(key: string): State {
    this.#touched.add(key);
    if (!this.#copied) {
      const { entries, byUid, used, bytes } = this.#state;
      this.#state = { entries: new Map(entries), byUid: new Map(byUid), used: new Map(used), bytes };
      this.#copied = true;
    }
    return this.#state;
  }
}

function emptyState(): State {
  return { entries: new Map(), byUid: new Map(), used: new Map(), bytes: 0 };
}

function index(state: State, entry: RecordEntry): void {
  const { podUid } = entry.record;
  state.entries.set(entry.key, entry);
  state.byUid.set(podUid, [...state.byUid.get(podUid) ?? [], entry.key].sort());
  state.bytes += entry.bytes;
}

function unindex(state: State, entry: RecordEntry): void {
  const { podUid } = entry.record;
  const rest = (state.byUid.get(podUid) ?? []).filter((key) => key !== entry.key);
  state.entries.delete(entry.key);
  if (rest.length > 0) state.byUid.set(podUid, rest);
  else state.byUid.delete(podUid);
  state.bytes -= entry.bytes;
}

function usedOf(entries: readonly RecordEntry[], family: Family): AddressSet {
  const values = entries.flatMap(({ address }) => address?.family === family ? [address.value] : []);
  return AddressSet.of(family, values.map((value) => ({ first: value, last: value })));
}
