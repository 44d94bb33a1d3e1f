import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { formatAddress } from "../../net/ip/address.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Cluster } from "./cluster.ts";
import { aboutOf, type Attachment, Ledger, type PodFacts, textOf } from "./ledger.ts";
import { PoolMirror } from "./pool_mirror.ts";
import { Reservations } from "./reservations.ts";
import { type PodNetwork, poolOfAddress, poolsFor } from "./pool_specs.ts";
import { isQuarantine } from "./quarantine.ts";
import type { JournalDisk } from "./sim_journal.ts";
import { Violation } from "./violation.ts";

/** Looks at what is stored, not through the API but directly, and compares it with what is in use. */
export class Checker {
  readonly ledger = new Ledger();
  readonly mirror = new PoolMirror();
  readonly reservations = new Reservations();
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #disks: () => readonly JournalDisk[];
  /** Addresses by the endpoint that lists them, each parsed once. */
  readonly #listings = new WeakMap<SpiderEndpoint, ReadonlyMap<string, string>>();
  readonly #ownUids = new Set<string>();
  readonly #fixedNames = new Set<string>();
  /** `<uid> <address>` and `<name> <address>` that an endpoint listed at some time. */
  readonly #onceListed = new Set<string>();
  #seen = { revision: -1, journals: -1 };

  constructor({ cluster, clock, disks }: {
    cluster: Cluster;
    clock: Clock;
    /** The journals of all nodes. */
    disks: () => readonly JournalDisk[];
  }) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#disks = disks;
  }

  /** From now on what this Pod holds is looked after by an agent of ours. */
  follow({ name, uid, isFixed }: PodFacts): void {
    this.#ownUids.add(uid);
    if (isFixed) this.#fixedNames.add(name);
  }

  /** Checks everything that can have changed since the last call. @throws {Violation} */
  check(): void {
    const { revision } = this.#cluster.api;
    const journals = this.#disks().reduce((sum, disk) => sum + disk.revision, 0);
    if (revision === this.#seen.revision && journals === this.#seen.journals) return;
    this.#seen = { revision, journals };
    this.mirror.update(this.#cluster.storedPools(), { nowMs: this.#clock.now(), reserved: this.reservations });
    const endpoints = new Map(this.#cluster.storedEndpoints().map((endpoint) => [endpoint.metadata.name, endpoint]));
    for (const endpoint of endpoints.values()) this.#listingOf(endpoint);
    for (const attachment of this.ledger.live()) this.#checkLive(attachment, endpoints.get(attachment.pod.name));
    this.#checkUnlisted();
  }

  /** Checks an attachment right when it goes live. @throws {Violation} */
  checkNew(attachment: Attachment): void {
    this.#seen = { revision: -1, journals: -1 };
    this.ledger.added(attachment);
    this.check();
  }

  /** Checks that what an ADD gave is from the pools that are named for it. @throws {Violation} */
  checkPools(
    addresses: readonly string[],
    { nic, network, about }: { readonly nic: string; readonly network: PodNetwork; readonly about: string },
  ): void {
    const names = poolsFor(network, nic);
    for (const address of addresses) {
      const pool = poolOfAddress(address);
      if (pool !== undefined && names.includes(pool)) continue;
      throw new Violation("allowed", `${about} ${nic} got ${address}, which is not from ${names.join(" ")}`, [about]);
    }
  }

  /**
   * Checks what must hold after a while without faults: what is recorded is of a Pod that is there, or of an owner who
   * wants it back.
   *
   * @throws {Violation} I3
   */
  checkSettled(): void {
    this.check();
    const uids = new Set(this.#cluster.storedPods().map(({ metadata }) => metadata.uid));
    for (const { pool, address, record: { pod, podUid } } of this.mirror.records()) {
      if (isQuarantine({ podUid }) || uids.has(podUid) || this.ledger.isWanted(nameOf(pod))) continue;
      const detail = `${pool} still records ${address} for ${pod} (${podUid}), which is long gone`;
      throw new Violation("I3", detail, [nameOf(pod), podUid.slice(0, 4)]);
    }
  }

  /** Checks that nothing is left once all Pods are gone and everybody had time to clean up. @throws {Violation} */
  checkEmpty(): void {
    const left = [...this.mirror.records()].filter(({ record }) => !isQuarantine(record));
    const texts = left.map(({ pool, address, record }) => `${pool} ${address} ${record.pod} ${record.podUid}`);
    const about = left.flatMap(({ record }) => [nameOf(record.pod), record.podUid.slice(0, 4)]);
    if (left.length > 0) throw new Violation("I3", `left behind: ${texts.join(", ")}`, about);
  }

  #checkLive(attachment: Attachment, endpoint: SpiderEndpoint | undefined): void {
    const { pod, nic, addresses } = attachment;
    for (const address of addresses) {
      const record = this.mirror.record(address);
      if (record?.podUid !== pod.uid) {
        const detail = `${address} of ${textOf(attachment)} is recorded for ${record?.podUid ?? "nobody"}`;
        throw new Violation("I2", detail, aboutOf(attachment));
      }
      const listed = endpoint?.status?.current.uid === pod.uid ? this.#listingOf(endpoint).get(address) : undefined;
      if (listed !== nic) {
        const detail = `the endpoint does not list ${address} of ${textOf(attachment)}: ${
          JSON.stringify(endpoint?.status)
        }`;
        throw new Violation("I7", detail, aboutOf(attachment));
      }
    }
  }

  /** What an ADD of ours took and no endpoint ever listed is still in a journal. */
  #checkUnlisted(): void {
    for (const { pool, address, record } of this.mirror.records()) {
      const { pod, podUid } = record;
      if (!this.#ownUids.has(podUid) || this.#onceListed.has(`${podUid} ${address}`)) continue;
      const name = nameOf(pod);
      if (this.#fixedNames.has(name) && this.#onceListed.has(`${name} ${address}`)) continue; // taken over, not yet listed
      if (this.#disks().some((disk) => disk.has(podUid))) continue;
      const detail = `${pool} records ${address} for ${pod} (${podUid}), which no endpoint and no journal knows of`;
      throw new Violation("I6", detail, [name, podUid.slice(0, 4)]);
    }
  }

  #listingOf(endpoint: SpiderEndpoint): ReadonlyMap<string, string> {
    let listing = this.#listings.get(endpoint);
    if (listing === undefined) {
      const results = resultsOfEndpoint(endpoint);
      listing = new Map(results.map(({ nic, address }) => [formatAddress(address), nic]));
      this.#listings.set(endpoint, listing);
      for (const address of listing.keys()) {
        this.#onceListed.add(`${endpoint.status?.current.uid} ${address}`);
        this.#onceListed.add(`${endpoint.metadata.name} ${address}`);
      }
    }
    return listing;
  }
}

/** Name of `<namespace>/<name>`. */
function nameOf(pod: string): string {
  return pod.split("/").at(-1) ?? "";
}
