import type { Family } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { type PoolRecord, type RecordEntry, recordEntry } from "./record.ts";
import { addEntry, copyOf, isRecordedTwice, type RecordsState, removeEntry } from "./records_state.ts";

/** What `PoolRecords.edit()` may do. Everything is seen as the draft stands. */
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

/** Copies on the first change, so that a batch without an effect costs nothing. */
export class Draft implements RecordsDraft {
  #state: RecordsState;
  #copied = false;
  readonly #touched = new Set<string>();

  /** Keys whose entries may differ from before. */
  get touched(): ReadonlySet<string> {
    return this.#touched;
  }

  constructor(state: RecordsState) {
    this.#state = state;
  }

  get state(): RecordsState {
    return this.#state;
  }

  get size(): number {
    return this.#state.entries.size;
  }

  get encodedBytes(): number {
    return this.size === 0 ? 0 : this.#state.bytes + 1; // two braces more, one comma less
  }

  differsFrom(before: RecordsState): boolean {
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
    addEntry(this.#write(entry.key), entry);
    if (entry.address === undefined) return;
    const { family, value } = entry.address;
    this.#state.used.set(family, this.used(family).with(value));
  }

  drop(address: string): void {
    const entry = this.#state.entries.get(address);
    if (entry === undefined) return;
    removeEntry(this.#write(address), entry);
    if (entry.address === undefined || isRecordedTwice(this.#state, entry)) return;
    const { family, value } = entry.address;
    this.#state.used.set(family, this.used(family).without(value));
  }

  #write(key: string): RecordsState {
    this.#touched.add(key);
    if (!this.#copied) {
      this.#state = copyOf(this.#state);
      this.#copied = true;
    }
    return this.#state;
  }
}
