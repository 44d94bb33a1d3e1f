import type { Family } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { parseRecordEntries, type PoolRecord, type RecordEntry } from "./record.ts";
import { changesOf } from "./record_changes.ts";
import { Draft, type RecordsDraft } from "./records_draft.ts";
import { emptyState, type RecordsState, stateOf } from "./records_state.ts";

/**
 * The records of one pool: `status.allocatedIPs` as an immutable value (spec/crds.md §2.4).
 *
 * What nobody can make sense of is kept as it is and listed in {@linkcode malformed}; it counts. An address with such a
 * record is nobody's and is not free.
 */
export class PoolRecords {
  /** No records. */
  static readonly empty: PoolRecords = new PoolRecords(emptyState());
  readonly #state: RecordsState;
  /** All entries in byte order of their keys, once somebody wants them. */
  #sorted: readonly RecordEntry[] | undefined;

  private constructor(state: RecordsState, sorted?: readonly RecordEntry[]) {
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
    return before.#changedTo(text) ?? new PoolRecords(stateOf(parseRecordEntries(text)));
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
