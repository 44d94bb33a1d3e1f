import type { Clock } from "../../net/base/clock.ts";
import type { Cluster } from "./cluster.ts";
import { EndpointMirror } from "./endpoint_mirror.ts";
import { aboutOf, type Attachment, Ledger, type PodFacts, textOf } from "./ledger.ts";
import { PoolMirror, type StoredRecord } from "./pool_mirror.ts";
import { Reservations } from "./reservations.ts";
import { isFromOneOf, type PodNetwork, poolsFor } from "./pool_specs.ts";
import { isQuarantine } from "./quarantine.ts";
import type { JournalDisk } from "./sim_journal.ts";
import { Violation } from "./violation.ts";

/** After how many checks of what changed everything is looked at. */
const FULL_EVERY = 200;

/** Looks at what is stored, not through the API but directly, and compares it with what is in use. */
export class Checker {
  readonly ledger = new Ledger();
  readonly mirror = new PoolMirror();
  readonly reservations = new Reservations();
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #disks: () => readonly JournalDisk[];
  readonly #endpoints = new EndpointMirror();
  readonly #ownUids = new Set<string>();
  readonly #fixedNames = new Set<string>();
  /** Names of VMs by the UIDs of their Pods. */
  readonly #sharers = new Map<string, string>();
  /** Records of which {@linkcode Checker.#wasListed} is known to hold, which it then does for ever. */
  #explained = new WeakSet<StoredRecord>();
  #seen = { revision: -1, journals: -1 };
  #checks = 0;

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
  follow({ uid, identity, isFixed, isShared }: PodFacts): void {
    this.#ownUids.add(uid);
    if (isFixed) this.#fixedNames.add(identity);
    if (isShared) this.#sharers.set(uid, identity);
  }

  /**
   * Checks what changed since the last call: new states of pools and endpoints, and who uses or noted what is in them.
   * Every now and then it looks at everything, as if it knew nothing.
   *
   * @throws {Violation}
   */
  check(): void {
    const { revision } = this.#cluster.api;
    const journals = this.#disks().reduce((sum, disk) => sum + disk.revision, 0);
    const isNoted = journals !== this.#seen.journals;
    if (revision === this.#seen.revision && !isNoted) return;
    this.#seen = { revision, journals };
    if (++this.#checks % FULL_EVERY === 0) return this.checkAll();
    const [pools, endpoints] = this.#takeIn();
    for (const attachment of this.ledger.live()) {
      if (pools.size > 0) this.#checkRecorded(attachment);
      if (endpoints.has(attachment.pod.identity)) this.#checkListed(attachment);
    }
    for (const pool of isNoted ? this.mirror.names() : pools) this.#checkUnlisted(pool);
  }

  /** Checks everything. @throws {Violation} */
  checkAll(): void {
    this.#takeIn();
    this.#explained = new WeakSet();
    for (const attachment of this.ledger.live()) {
      this.#checkRecorded(attachment);
      this.#checkListed(attachment);
    }
    for (const pool of this.mirror.names()) this.#checkUnlisted(pool);
  }

  /** Checks an attachment right when it goes live. @throws {Violation} */
  checkNew(attachment: Attachment): void {
    this.ledger.added(attachment);
    this.check();
    this.#checkRecorded(attachment);
    this.#checkListed(attachment);
  }

  /** Checks that what an ADD gave is from the pools of one of the networks that it may be from. @throws {Violation} */
  checkPools(
    addresses: readonly string[],
    { nic, networks, about }: {
      readonly nic: string;
      readonly networks: readonly PodNetwork[];
      readonly about: string;
    },
  ): void {
    if (isFromOneOf(networks, { nic, addresses })) return;
    const named = networks.map((network) => poolsFor(network, nic).join(" ")).join(", or ");
    throw new Violation("allowed", `${about} ${nic} got ${addresses.join(" ")}, not from ${named}`, [about]);
  }

  /**
   * Checks what must hold after a while without faults: what is recorded is of a Pod that is there, or of an owner who
   * wants it back.
   *
   * @throws {Violation} I3
   */
  checkSettled(): void {
    this.checkAll();
    const uids = new Set(this.#cluster.storedPods().map(({ metadata }) => metadata.uid));
    for (const { pool, address, record: { pod, podUid } } of this.mirror.records()) {
      if (isQuarantine({ podUid }) || uids.has(podUid) || this.ledger.isWanted(nameOf(pod))) continue;
      const detail = `${pool} still records ${address} for ${pod} (${podUid}), which is long gone`;
      throw new Violation("I3", detail, [nameOf(pod), podUid.slice(0, 4)]);
    }
  }

  /** Checks that nothing is left once all Pods are gone and everybody had time to clean up. @throws {Violation} */
  checkEmpty(): void {
    this.checkAll();
    const left = [...this.mirror.records()].filter(({ record }) => !isQuarantine(record));
    const texts = left.map(({ pool, address, record }) => `${pool} ${address} ${record.pod} ${record.podUid}`);
    const about = left.flatMap(({ record }) => [nameOf(record.pod), record.podUid.slice(0, 4)]);
    if (left.length > 0) throw new Violation("I3", `left behind: ${texts.join(", ")}`, about);
  }

  /** Takes in what is stored now. @returns names of the pools and of the endpoints that are not as they were */
  #takeIn(): readonly [pools: ReadonlySet<string>, endpoints: ReadonlySet<string>] {
    const options = { nowMs: this.#clock.now(), reserved: this.reservations };
    const pools = this.mirror.update(this.#cluster.storedPools(), options);
    return [pools, this.#endpoints.update(this.#cluster.storedEndpoints())];
  }

  #checkRecorded(attachment: Attachment): void {
    const { pod, addresses } = attachment;
    for (const address of addresses) {
      const record = this.mirror.record(address);
      if (record !== undefined && this.#isMeant(record.podUid, pod)) continue;
      const detail = `${address} of ${textOf(attachment)} is recorded for ${record?.podUid ?? "nobody"}`;
      throw new Violation("I2", detail, aboutOf(attachment));
    }
  }

  #checkListed(attachment: Attachment): void {
    const { pod, nic, addresses } = attachment;
    const endpoint = this.#endpoints.get(pod.identity);
    const isOwn = this.#isMeant(endpoint?.status?.current.uid, pod);
    for (const address of addresses) {
      if (endpoint !== undefined && isOwn && this.#endpoints.nicOf(endpoint, address) === nic) continue;
      const status = JSON.stringify(endpoint?.status);
      const detail = `the endpoint does not list ${address} of ${textOf(attachment)}: ${status}`;
      throw new Violation("I7", detail, aboutOf(attachment));
    }
  }

  /** Whether the UID is the Pod's, or that of another Pod of the same VM. */
  #isMeant(podUid: string | undefined, { uid, identity, isShared }: PodFacts): boolean {
    return podUid === uid || (isShared && podUid !== undefined && this.#sharers.get(podUid) === identity);
  }

  /** What an ADD of ours took and no endpoint ever listed is still in a journal. */
  #checkUnlisted(pool: string): void {
    for (const [address, record] of this.mirror.recordsOf(pool)) {
      if (this.#explained.has(record) || !this.#ownUids.has(record.podUid)) continue;
      if (this.#wasListed(address, record)) {
        this.#explained.add(record);
        continue;
      }
      const { pod, podUid } = record;
      if (this.#disks().some((disk) => disk.has(podUid))) continue;
      const detail = `${pool} records ${address} for ${pod} (${podUid}), which no endpoint and no journal knows of`;
      throw new Violation("I6", detail, [nameOf(pod), podUid.slice(0, 4)]);
    }
  }

  /** Whether an endpoint listed it, for this Pod or for the name that keeps it: it was taken over, and not listed yet. */
  #wasListed(address: string, { pod, podUid }: StoredRecord): boolean {
    const name = nameOf(pod);
    return this.#endpoints.wasListed(podUid, address) ||
      (this.#fixedNames.has(name) && this.#endpoints.wasListed(name, address));
  }
}

/** Name of `<namespace>/<name>`. */
function nameOf(pod: string): string {
  return pod.split("/").at(-1) ?? "";
}
