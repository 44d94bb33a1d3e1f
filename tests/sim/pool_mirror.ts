import { formatAddress, tryParseAddress } from "../../net/ip/address.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import { poolShapeOf } from "../../crd/ipam/pool_view.ts";
import { quarantine } from "./pool_specs.ts";
import { isHeeded, isQuarantine } from "./quarantine.ts";
import type { Reservations } from "./reservations.ts";
import { Violation } from "./violation.ts";

/** One record as a component reads it. */
export interface StoredRecord {
  readonly pod: string;
  readonly podUid: string;
  readonly nic?: string;
}

/** One pool as it was stored last, read by code of its own. */
interface MirroredPool {
  readonly object: SpiderIPPool;
  readonly records: ReadonlyMap<string, StoredRecord>;
  /** Addresses of its spec, but for the reserved ones. */
  readonly offered: ReadonlySet<string>;
}

/** When {@linkcode PoolMirror.update} looks. */
export interface MirrorOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly reserved: Reservations;
}

/** All pools as they are stored; each new state is checked by itself and against the one before. */
export class PoolMirror {
  readonly #pools = new Map<string, MirroredPool>();
  /** When each pool was last without a free address, in milliseconds since the epoch. */
  readonly #fullAt = new Map<string, number>();

  /** Takes in what is stored now. @returns names of the pools that are not as they were @throws {Violation} */
  update(stored: readonly SpiderIPPool[], options: MirrorOptions): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const object of stored) {
      const { name } = object.metadata;
      const before = this.#pools.get(name);
      if (before !== undefined && isFull(before, options)) this.#fullAt.set(name, options.nowMs);
      if (before?.object === object) continue;
      const isSame = before?.object.metadata.uid === object.metadata.uid;
      const after = mirrored(object, isSame ? before : undefined);
      if (isSame && before !== undefined) checkChange(before, after, options);
      if (isFull(after, options)) this.#fullAt.set(name, options.nowMs);
      this.#pools.set(name, after);
      changed.add(name);
    }
    if (stored.length < this.#pools.size) this.#forgetGone(stored, { ...options, changed });
    return changed;
  }

  /** A pool goes only when nothing is recorded in it. Nobody finds room in one that is gone. */
  #forgetGone(
    stored: readonly SpiderIPPool[],
    { nowMs, changed }: MirrorOptions & { readonly changed: Set<string> },
  ): void {
    const names = new Set(stored.map(({ metadata }) => metadata.name));
    for (const [name, { records }] of this.#pools) {
      if (names.has(name)) continue;
      if ([...records.values()].some((record) => !isQuarantine(record))) {
        throw new Violation("I2", `pool ${name} went with ${records.size} records`, [name]);
      }
      this.#fullAt.set(name, nowMs);
      this.#pools.delete(name);
      changed.add(name);
    }
  }

  /** The record of `address` in any pool. */
  record(address: string): StoredRecord | undefined {
    for (const { records } of this.#pools.values()) {
      const record = records.get(address);
      if (record !== undefined) return record;
    }
    return undefined;
  }

  names(): Iterable<string> {
    return this.#pools.keys();
  }

  /** Records of one pool by address; a record that stays as it is stays the same object. */
  recordsOf(pool: string): ReadonlyMap<string, StoredRecord> {
    return this.#pools.get(pool)?.records ?? new Map();
  }

  /** All records of all pools. */
  *records(): IterableIterator<{ readonly pool: string; readonly address: string; readonly record: StoredRecord }> {
    for (const [pool, { records }] of this.#pools) {
      for (const [address, record] of records) yield { pool, address, record };
    }
  }

  /** Whether `pool` was full at any moment since `sinceMs`. */
  wasFullSince(pool: string, sinceMs: number): boolean {
    return (this.#fullAt.get(pool) ?? -Infinity) >= sinceMs;
  }
}

function mirrored(object: SpiderIPPool, before: MirroredPool | undefined): MirroredPool {
  const { name } = object.metadata;
  const text = object.status?.allocatedIPs;
  const isSame = before !== undefined && before.object.status?.allocatedIPs === text;
  const records = isSame ? before.records : recordsOf(text, { pool: name, before: before?.records });
  const count = object.status?.allocatedIPCount ?? 0;
  if (count !== records.size) throw new Violation("I7", `pool ${name} counts ${count}, holds ${text}`, [name]);
  if (name === quarantine.pool) checkQuarantine(records);
  const offered = before?.object.metadata.generation === object.metadata.generation ? before?.offered : undefined;
  return { object, records, offered: offered ?? offeredOf(object) };
}

function isFull({ records, offered }: MirroredPool, { reserved, nowMs }: MirrorOptions): boolean {
  for (const address of offered) if (!records.has(address) && !reserved.isPossible(address, nowMs)) return false;
  return true;
}

/** Reads upstream's format: compact JSON, keys in byte order, canonical addresses. A blank may follow. */
function recordsOf(
  text: string | undefined,
  { pool, before }: { readonly pool: string; readonly before: ReadonlyMap<string, StoredRecord> | undefined },
): ReadonlyMap<string, StoredRecord> {
  if (text === undefined) return new Map();
  const stored: Record<string, StoredRecord> = JSON.parse(text);
  const entries = Object.entries(stored);
  const isSorted = entries.every(([ip], i) => i === 0 || entries[i - 1]![0] < ip);
  const isReadable = entries.every(([ip, { pod, podUid }]) =>
    (before?.has(ip) || canonical(ip) === ip) && typeof pod === "string" && typeof podUid === "string"
  );
  if (text.trimEnd() !== JSON.stringify(stored) || !isSorted || !isReadable) {
    throw new Violation("I7", `pool ${pool} is not in upstream's format: ${text}`, [pool]);
  }
  return new Map(entries.map(([ip, record]) => [ip, sameOr(before?.get(ip), record)]));
}

/** `before` if it says the same as `record`. */
function sameOr(before: StoredRecord | undefined, record: StoredRecord): StoredRecord {
  const isSame = before?.podUid === record.podUid && before.pod === record.pod && before.nic === record.nic;
  return isSame ? before : record;
}

function checkQuarantine(records: ReadonlyMap<string, StoredRecord>): void {
  const record = records.get(quarantine.address);
  if (record !== undefined && JSON.stringify(record) === JSON.stringify(quarantine.record)) return;
  throw new Violation("I7", `quarantine of ${quarantine.address} became ${JSON.stringify(record)}`, ["a4"]);
}

/** What was not recorded before must have been free by the spec it was taken under. */
function checkChange(before: MirroredPool, { object, records, offered }: MirroredPool, options: MirrorOptions): void {
  const { name } = object.metadata;
  for (const [address, record] of before.records) {
    if (object.metadata.deletionTimestamp !== undefined) break; // nobody gets anything of it any more
    if (!isHeeded(record, options.nowMs) || records.get(address)?.podUid === record.podUid) continue;
    throw new Violation("aside", `${name} gave ${address} away although it is in quarantine`, [name]);
  }
  for (const [address, { podUid }] of records) {
    if (before.records.has(address)) continue;
    const isReserved = options.reserved.isKnown(address, options.nowMs);
    if (!offered.has(address) || isReserved) {
      throw new Violation("allowed", `${name} gave ${address} to ${podUid}, which it does not offer`, [podUid]);
    }
    if (object.spec?.disable === true) {
      throw new Violation("allowed", `${name} gave ${address} to ${podUid} although it is disabled`, [podUid]);
    }
  }
}

function offeredOf(pool: SpiderIPPool): ReadonlySet<string> {
  const { offered } = poolShapeOf(pool);
  const addresses = new Set<string>();
  for (const { first, last } of offered.ranges()) {
    for (let value = first; value <= last; value++) addresses.add(formatAddress({ family: offered.family, value }));
  }
  return addresses;
}

function canonical(ip: string): string | undefined {
  const address = tryParseAddress(ip);
  return address === undefined ? undefined : formatAddress(address);
}
