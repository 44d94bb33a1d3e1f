import { formatAddress, tryParseAddress } from "../../net/ip/address.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import { poolShapeOf } from "../../crd/ipam/pool_view.ts";
import { quarantine, reservedIps } from "./pool_specs.ts";
import { Violation } from "./violation.ts";

/** One record as any component reads it. */
export interface StoredRecord {
  readonly pod: string;
  readonly podUid: string;
  readonly nic?: string;
}

/** One pool as it was stored last, read by code of its own. */
interface MirroredPool {
  readonly object: SpiderIPPool;
  readonly records: ReadonlyMap<string, StoredRecord>;
  readonly free: number;
}

/** All pools as they are stored; each new state is checked by itself and against the one before. */
export class PoolMirror {
  readonly #pools = new Map<string, MirroredPool>();
  /** When each pool was last without a free address, in milliseconds since the epoch. */
  readonly #fullAt = new Map<string, number>();

  /**
   * Takes in what is stored now.
   *
   * @returns whether anything changed
   * @throws {Violation}
   */
  update(stored: readonly SpiderIPPool[], nowMs: number): boolean {
    let changed = false;
    for (const object of stored) {
      const { name } = object.metadata;
      const before = this.#pools.get(name);
      if (before?.free === 0) this.#fullAt.set(name, nowMs);
      if (before?.object === object) continue;
      changed = true;
      const after = mirrored(object);
      if (before !== undefined) checkChange(before, after);
      if (after.free === 0) this.#fullAt.set(name, nowMs);
      this.#pools.set(name, after);
    }
    return changed;
  }

  /** The record of `address` in any pool. */
  record(address: string): StoredRecord | undefined {
    for (const { records } of this.#pools.values()) {
      const record = records.get(address);
      if (record !== undefined) return record;
    }
    return undefined;
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

function mirrored(object: SpiderIPPool): MirroredPool {
  const { name } = object.metadata;
  const text = object.status?.allocatedIPs;
  const records = recordsOf(name, text);
  const count = object.status?.allocatedIPCount ?? 0;
  if (count !== records.size) throw new Violation("I7", `pool ${name} counts ${count}, holds ${text}`, [name]);
  if (name === quarantine.pool) checkQuarantine(records);
  return { object, records, free: offeredOf(object).filter((ip) => !records.has(ip)).length };
}

/** Reads upstream's format: compact JSON, keys in byte order, canonical addresses. A blank may follow. */
function recordsOf(pool: string, text: string | undefined): Map<string, StoredRecord> {
  if (text === undefined) return new Map();
  const entries = Object.entries<StoredRecord>(JSON.parse(text));
  const compact = JSON.stringify(Object.fromEntries(entries));
  const isSorted = entries.every(([ip], i) => i === 0 || entries[i - 1]![0] < ip);
  const isReadable = entries.every(([ip, { pod, podUid }]) =>
    canonical(ip) === ip && typeof pod === "string" && typeof podUid === "string"
  );
  if (text.trimEnd() === compact && isSorted && isReadable) return new Map(entries);
  throw new Violation("I7", `pool ${pool} is not in upstream's format: ${text}`, [pool]);
}

function checkQuarantine(records: ReadonlyMap<string, StoredRecord>): void {
  const record = records.get(quarantine.address);
  if (record !== undefined && JSON.stringify(record) === JSON.stringify(quarantine.record)) return;
  throw new Violation("I7", `quarantine of ${quarantine.address} became ${JSON.stringify(record)}`, ["a4"]);
}

/** What was not recorded before must have been free by the spec it was taken under. */
function checkChange(before: MirroredPool, after: MirroredPool): void {
  const offered = new Set(offeredOf(after.object));
  for (const [address, { podUid }] of after.records) {
    if (before.records.has(address)) continue;
    const { name } = after.object.metadata;
    if (!offered.has(address)) {
      throw new Violation("allowed", `${name} gave ${address} to ${podUid}, which it does not offer`, [podUid]);
    }
    if (after.object.spec?.disable === true) {
      throw new Violation("allowed", `${name} gave ${address} to ${podUid} although it is disabled`, [podUid]);
    }
  }
}

function offeredOf(pool: SpiderIPPool): string[] {
  const { offered } = poolShapeOf(pool);
  const addresses: string[] = [];
  for (const { first, last } of offered.ranges()) {
    for (let value = first; value <= last; value++) {
      const text = formatAddress({ family: offered.family, value });
      if (!reservedIps.includes(text)) addresses.push(text);
    }
  }
  return addresses;
}

function canonical(ip: string): string | undefined {
  const address = tryParseAddress(ip);
  return address === undefined ? undefined : formatAddress(address);
}
