import type { Change, StoredVersion } from "./version.ts";

/** Bounds of a collection's memory. */
export interface HistoryLimits {
  readonly events: number;
  /** Of the texts of the events' objects. */
  readonly bytes: number;
}

/** All objects of one resource, and its recent past. */
export class Collection {
  readonly #current = new Map<string, StoredVersion>();
  #sortedKeys: string[] | undefined = [];
  /** All objects in order, as long as none changes. */
  #all: readonly StoredVersion[] | undefined;
  #history: Change[] = [];
  #historyBytes = 0;
  #floor = 0;
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(readonly limits: HistoryLimits) {}

  get(key: string): StoredVersion | undefined {
    return this.#current.get(key);
  }

  /** Objects in order of their keys, of those whose key starts with `prefix`; the same list until one changes. */
  list(prefix: string): readonly StoredVersion[] {
    if (prefix === "") return this.#all ??= this.#versions(this.#keys());
    return this.#versions(this.#keys().filter((key) => key.startsWith(prefix)));
  }

  #keys(): readonly string[] {
    return this.#sortedKeys ??= [...this.#current.keys()].sort(compareKeys);
  }

  #versions(keys: readonly string[]): StoredVersion[] {
    return keys.map((key) => this.#current.get(key)).filter((version) => version !== undefined);
  }

  get size(): number {
    return this.#current.size;
  }

  /** Oldest revision from which a watch can go on. */
  get floor(): number {
    return this.#floor;
  }

  /** Takes a write in and tells the listeners, in the order they came. */
  apply(key: string, change: Change): void {
    if (change.current === undefined) this.#current.delete(key);
    else this.#current.set(key, change.current);
    this.#all = undefined;
    if ((change.previous === undefined) !== (change.current === undefined)) this.#sortedKeys = undefined;
    this.#remember(change);
    for (const listener of [...this.#listeners]) listener(change);
    change.forgetLines();
  }

  #remember(change: Change): void {
    this.#history.push(change);
    this.#historyBytes += sizeOf(change);
    let dropped = 0;
    while (
      this.#history.length - dropped > this.limits.events ||
      (this.#historyBytes > this.limits.bytes && this.#history.length - dropped > 1)
    ) {
      const oldest = this.#history[dropped++];
      if (oldest === undefined) break;
      this.#historyBytes -= sizeOf(oldest);
      this.#floor = oldest.revision;
    }
    if (dropped > 0) this.#history.splice(0, dropped);
  }

  /** Writes after `revision`, oldest first. Ask only for `revision >= floor`. */
  since(revision: number): Change[] {
    let start = this.#history.length;
    while (start > 0 && (this.#history[start - 1]?.revision ?? 0) > revision) start--;
    return this.#history.slice(start);
  }

  /** The objects as they were at `revision`, by key. Ask only for `revision >= floor`. */
  at(revision: number, keyOf: (version: StoredVersion) => string): readonly StoredVersion[] {
    const changes = this.since(revision);
    if (changes.length === 0) return this.list("");
    const state = new Map(this.#current);
    for (const { previous, current } of changes.reverse()) {
      if (previous !== undefined) state.set(keyOf(previous), previous);
      else if (current !== undefined) state.delete(keyOf(current));
    }
    return [...state.keys()].sort(compareKeys).map((key) => state.get(key)).filter((version) => version !== undefined);
  }

  /** Forgets the past up to and including `revision`: older resourceVersions are expired. */
  compact(revision: number): void {
    this.#history = this.#history.filter((change) => change.revision > revision);
    this.#historyBytes = this.#history.reduce((sum, change) => sum + sizeOf(change), 0);
    this.#floor = Math.max(this.#floor, revision);
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

function sizeOf(change: Change): number {
  return (change.current ?? change.previous)?.text.length ?? 0;
}

/** Byte order of UTF-8 equals code point order; keys are ASCII. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
