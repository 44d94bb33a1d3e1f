import { type Family, formatAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { quarantineOf } from "./quarantine.ts";
import { changesOf } from "./record_changes.ts";
import { parseRecordEntries, type PoolRecord, type RecordEntry, recordEntry } from "./record.ts";

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
  /** Entries of addresses in quarantine, in no particular order. */
  quarantined(): readonly RecordEntry[];
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
  /** Entries of addresses in quarantine. */
  readonly quarantined: Map<string, RecordEntry>;
  /** Keys that spell an address which stands there under another key, too. */
  readonly doubles: readonly string[];
  /** Of all entries, a comma after each. */
  bytes: number;
}

/**
 * The records of one pool: `status.allocatedIPs` as an immutable value (spec/crds.md §2.4).
 *
 * What nobody can make sense of is kept as it is and listed in {@linkcode malformed}; it counts. An address with such a
 * record is nobody's and is not free.
 */
export class PoolRecords {
  /** No records. */
  static readonly empty: PoolRecords = new PoolRecords(emptyState());
  readonly #state: State;
  /** All entries in byte order of their keys, once somebody wants them. */
  #sorted: readonly RecordEntry[] | undefined;

  private constructor(state: State, sorted?: readonly RecordEntry[]) {
    this.#state = state;
    this.#sorted = sorted;
  }

  /**
   * Reads `status.allocatedIPs`.
   *
   * @param text the field's value; absent and empty mean no records
   * @param before records that are mostly the same: those that stand there unchanged are not parsed again
   * @throws {MalformedRecordsError} if `text` is not a JSON object
   */
  static parse(text: string | undefined, before: PoolRecords = PoolRecords.empty): PoolRecords {
    if (text === undefined || text === "") return PoolRecords.empty;
    return before.#changedTo(text) ?? PoolRecords.#parseAll(text);
  }

  static #parseAll(text: string): PoolRecords {
    const entries = parseRecordEntries(text);
    const odd = entries.filter(({ oddity }) => oddity !== undefined);
    const doubles = odd.flatMap(({ key, address }) => address && formatAddress(address) !== key ? [key] : []);
    const state: State = { ...emptyState(), doubles };
    for (const entry of entries) index(state, entry);
    for (const family of [4, 6] as const) state.used.set(family, usedOf(entries, family));
    return new PoolRecords(state);
  }

  /** These records with what differs in `text`; `undefined` where that is too much, or is not to be told. */
  #changedTo(text: string): PoolRecords | undefined {
    if (this.size === 0) return undefined;
    const changes = changesOf(text, this.#inOrder());
    if (changes === undefined || changes.put.length + changes.dropped.length > this.size / 2) return undefined;
    return this.edit((draft) => {
      for (const key of changes.dropped) draft.drop(key);
      for (const { key, record } of changes.put) draft.put(key, record);
    });
  }

  /** Number of records, malformed keys included. */
  get size(): number {
    return this.#state.entries.size;
  }

  /** Keys whose entries cannot be made sense of; see {@linkcode RecordEntry.oddity}. */
  get malformed(): readonly string[] {
    return [...this.#state.entries.values()].filter((entry) => entry.oddity !== undefined).map((entry) => entry.key);
  }

  /** Addresses of `family` that are recorded. */
  used(family: Family): AddressSet {
    return this.#state.used.get(family) ?? AddressSet.empty(family);
  }

  /** Entries of addresses in quarantine, in no particular order. */
  quarantined(): readonly RecordEntry[] {
    return [...this.#state.quarantined.values()];
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
    if (!draft.differsFrom(this.#state)) return this;
    return new PoolRecords(draft.state, this.#sorted && reordered(this.#sorted, draft));
  }

  /** The field's value: compact JSON, keys in byte order; `undefined` when there are no records. */
  encode(): string | undefined {
    if (this.size === 0) return undefined;
    return `{${this.#inOrder().map(({ text }) => text).join(",")}}`;
  }

  #inOrder(): readonly RecordEntry[] {
    const { entries } = this.#state;
    return this.#sorted ??= [...entries.keys()].sort().map((key) => entries.get(key)!);
  }
}

/** Copies on the first change, so that a batch without an effect costs nothing. */
class Draft implements RecordsDraft {
  #state: State;
  #copied = false;
  readonly #touched = new Set<string>();

  /** Keys whose entries may differ from before. */
  get touched(): ReadonlySet<string> {
    return this.#touched;
  }

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

  quarantined(): readonly RecordEntry[] {
    return [...this.#state.quarantined.values()];
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
    if (entry.address === undefined || isRecordedTwice(this.#state, entry)) return;
    const { family, value } = entry.address;
    this.#state.used.set(family, this.used(family).without(value));
  }

  #write(key: string): State {
    this.#touched.add(key);
    if (!this.#copied) {
      const { entries, byUid, used, quarantined, doubles, bytes } = this.#state;
      this.#state = {
        entries: new Map(entries),
        byUid: new Map(byUid),
        used: new Map(used),
        quarantined: new Map(quarantined),
        doubles,
        bytes,
      };
      this.#copied = true;
    }
    return this.#state;
  }
}

/** `sorted` with what `draft` has changed: sorting thousands of keys anew would be a good part of what a write costs. */
function reordered(sorted: readonly RecordEntry[], { state: { entries }, touched }: Draft): RecordEntry[] {
  const put = [...touched].filter((key) => entries.has(key)).sort().map((key) => entries.get(key)!);
  const all: RecordEntry[] = [];
  let next = 0;
  for (const entry of sorted) {
    for (; next < put.length && put[next]!.key < entry.key; next++) all.push(put[next]!);
    if (!touched.has(entry.key)) all.push(entry);
  }
  return all.concat(put.slice(next));
}

function emptyState(): State {
  return { entries: new Map(), byUid: new Map(), used: new Map(), quarantined: new Map(), doubles: [], bytes: 0 };
}

function index(state: State, entry: RecordEntry): void {
  const { podUid } = entry.record;
  state.entries.set(entry.key, entry);
  state.bytes += entry.bytes;
  if (entry.oddity === "unreadable") return; // nobody's: no UID may find it
  state.byUid.set(podUid, [...state.byUid.get(podUid) ?? [], entry.key].sort());
  if (quarantineOf(entry.record) !== undefined) state.quarantined.set(entry.key, entry);
}

function unindex(state: State, entry: RecordEntry): void {
  const { podUid } = entry.record;
  const rest = (state.byUid.get(podUid) ?? []).filter((key) => key !== entry.key);
  state.entries.delete(entry.key);
  state.quarantined.delete(entry.key);
  if (rest.length > 0) state.byUid.set(podUid, rest);
  else state.byUid.delete(podUid);
  state.bytes -= entry.bytes;
}

/** Whether another key spells the address of `entry`, which is gone. */
function isRecordedTwice({ entries, doubles }: State, { address }: RecordEntry): boolean {
  if (doubles.length === 0 || address === undefined) return false;
  return [formatAddress(address), ...doubles].some((key) => {
    const other = entries.get(key)?.address;
    return other?.family === address.family && other.value === address.value;
  });
}

function usedOf(entries: readonly RecordEntry[], family: Family): AddressSet {
  const values = entries.flatMap(({ address }) => address?.family === family ? [address.value] : []);
  return AddressSet.of(family, values.map((value) => ({ first: value, last: value })));
}
