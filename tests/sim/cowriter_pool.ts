import { formatAddress } from "../../net/ip/address.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import { poolShapeOf } from "../../crd/ipam/pool_view.ts";

/** One pool as upstream's agent works on it between GET and PUT. */
export class UpstreamPool {
  readonly #pool: SpiderIPPool;
  readonly #reserved: ReadonlySet<string>;
  readonly #records: Map<string, { pod: string; podUid: string }>;

  /** @param reserved addresses of all SpiderReservedIPs */
  constructor(pool: SpiderIPPool, reserved: ReadonlySet<string>) {
    this.#pool = pool;
    this.#reserved = reserved;
    const records: Record<string, { pod: string; podUid: string }> = JSON.parse(pool.status?.allocatedIPs ?? "{}");
    this.#records = new Map(Object.entries(records).map(([ip, { pod, podUid }]) => [ip, { pod, podUid }]));
  }

  get prefixLength(): string {
    return this.#pool.spec?.subnet.split("/")[1] ?? "";
  }

  /** The address that `pod` has already, whichever NIC it is for, or the lowest free one. @throws {Error} if there is none */
  take({ metadata: { namespace, name, uid = "" } }: Pod): string {
    for (const [ip, { podUid }] of this.#records) if (podUid === uid) return ip;
    const { spec } = this.#pool;
    const address = this.#free().next().value;
    if (spec?.disable === true || this.#pool.metadata.deletionTimestamp !== undefined || address === undefined) {
      throw new Error("all IP addresses used out");
    }
    this.#records.set(address, { pod: `${namespace}/${name}`, podUid: uid });
    return address;
  }

  /** Drops all records of `podUid`. */
  drop(podUid: string): void {
    for (const [ip, record] of this.#records) if (record.podUid === podUid) this.#records.delete(ip);
  }

  /** What is PUT: Go's compact JSON with sorted keys, none when there are no records. */
  object(): SpiderIPPool {
    const { allocatedIPs: _old, ...status } = this.#pool.status ?? {};
    const sorted = [...this.#records.keys()].sort().map((ip) => [ip, this.#records.get(ip)]);
    const text = sorted.length === 0 ? {} : { allocatedIPs: JSON.stringify(Object.fromEntries(sorted)) };
    return { ...this.#pool, status: { ...status, ...text, allocatedIPCount: this.#records.size } };
  }

  *#free(): IterableIterator<string> {
    const { offered } = poolShapeOf(this.#pool);
    for (const { first, last } of offered.ranges()) {
      for (let value = first; value <= last; value++) {
        const text = formatAddress({ family: offered.family, value });
        if (!this.#records.has(text) && !this.#reserved.has(text)) yield text;
      }
    }
  }
}
