import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { Family } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderIPPool, SpiderReservedIP } from "../../crd/generated/mod.ts";
import type { KubeObject, ObjectKey, PartialObjectMetadata } from "../../crd/kube/contract.ts";
import { isNotFound } from "../../crd/kube/errors.ts";
import { keyOf } from "../../crd/kube/key.ts";
import { Reflector, type ReflectorSource } from "../../crd/kube/reflector.ts";
import { metadataReflectorSource, reflectorSource } from "../../crd/kube/reflector_source.ts";
import { Store } from "../../crd/kube/store.ts";
import { reservedAddresses } from "../../crd/ipam/reserved.ts";
import type { TopController } from "../../crd/ipam/top_controller.ts";
import { abortable } from "../../net/base/abort.ts";
import type { AgentClients, AgentReads } from "./clients.ts";
import { type EndedPod, EndedPods } from "./ended_pods.ts";
import { FreshPods } from "./fresh_pods.ts";
import { TopControllers } from "./owners.ts";
import { PoolCatalog } from "./pool_catalog.ts";

/** Pause before the specs of the pools are read again after a failure, in milliseconds. */
const WARM_PAUSE_MS = 1_000;

/** Labels and annotations of an object. */
export interface ObjectFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** How a watch stands. */
export interface WatchState {
  /** Plural, such as `spiderippools`. */
  readonly resource: string;
  readonly isSynced: boolean;
  /** When the server last said anything, in milliseconds of `steadyNow()`; `undefined` before the first list. */
  readonly heardMs: number | undefined;
}

/** What of a reflector is used here, whatever it follows. */
type Follower = Pick<Reflector<never>, "run" | "synced" | "isSynced" | "heardMs">;

/** What the view is made of. */
export interface ClusterViewDeps {
  /** For lists and watches. */
  readonly clients: AgentClients;
  /** For what requests ask for. */
  readonly reads: AgentReads;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told when a pool changed or went; `undefined` when it went. */
  readonly onPool: (pool: string, resourceVersion: string | undefined) => void;
}

/**
 * What the agent knows of the cluster: Pods of its node, its node, pools by metadata, namespaces by metadata and
 * SpiderReservedIPs by watches; everything else is read when asked for.
 */
export class ClusterView {
  readonly #deps: ClusterViewDeps;
  readonly #pods: Store<Pod>;
  readonly #namespaces: Store<PartialObjectMetadata>;
  readonly #nodes: Store<PartialObjectMetadata>;
  readonly #reservedIPs: Store<SpiderReservedIP>;
  readonly #poolMetadata: Store<PartialObjectMetadata>;
  readonly #reflectors: Readonly<
    Record<"pods" | "namespaces" | "nodes" | "spiderreservedips" | "spiderippools", Follower>
  >;
  readonly #owners: TopControllers;
  readonly #catalog: PoolCatalog;
  readonly #synced = Promise.withResolvers<void>();
  readonly #reserved = new Map<Family, AddressSet>();
  readonly #fresh = new FreshPods();
  readonly #ended: EndedPods;
  #wasRead = false;

  constructor(deps: ClusterViewDeps) {
    const { clients, reads, nodeName, log, onPool } = deps;
    this.#deps = deps;
    this.#pods = new Store({ log });
    this.#ended = new EndedPods(this.#pods);
    this.#namespaces = new Store({ log });
    this.#nodes = new Store({ log });
    this.#reservedIPs = new Store({ log });
    this.#poolMetadata = new Store({ log });
    this.#reflectors = {
      pods: this.#reflector(this.#pods, reflectorSource(clients.pods, { fieldSelector: `spec.nodeName=${nodeName}` })),
      namespaces: this.#reflector(this.#namespaces, metadataReflectorSource(clients.namespaces)),
      nodes: this.#reflector(
        this.#nodes,
        metadataReflectorSource(clients.nodes, { fieldSelector: `metadata.name=${nodeName}` }),
      ),
      spiderreservedips: this.#reflector(this.#reservedIPs, reflectorSource(clients.reservedIPs)),
      spiderippools: this.#reflector(this.#poolMetadata, metadataReflectorSource(clients.pools)),
    };
    this.#reflectors.pods.synced.then(() => this.#fresh.follow(this.#pods), () => undefined); // stopped before
    this.#owners = new TopControllers(reads);
    this.#catalog = new PoolCatalog({ pools: reads.pools, metadata: this.#poolMetadata });
    const tell = ({ metadata }: PartialObjectMetadata) => onPool(metadata.name, metadata.resourceVersion);
    this.#poolMetadata.subscribe({
      added: tell,
      updated: tell,
      deleted: ({ metadata }) => {
        this.#catalog.forget(metadata.name);
        onPool(metadata.name, undefined);
      },
    });
    this.#reservedIPs.subscribeKeys(() => this.#reserved.clear());
  }

  /** Follows the cluster until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#followers.map((reflector) => reflector.run(signal)), this.#warmUp(signal)]);
  }

  /**
   * Resolves when everything was listed once and the pools' specs are there. Nothing is claimed before.
   *
   * @throws the reason of `signal`, or of the one given to {@linkcode run}, when that is aborted
   */
  synced(signal: AbortSignal): Promise<void> {
    return abortable(this.#synced.promise, signal);
  }

  /** Whether all watches follow the API server. */
  get isSynced(): boolean {
    return this.#followers.every((reflector) => reflector.isSynced);
  }

  /** What is watched, and when the API server last said anything about it. */
  watches(): readonly WatchState[] {
    return Object.entries(this.#reflectors).map(([resource, { isSynced, heardMs }]) => ({
      resource,
      isSynced,
      heardMs,
    }));
  }

  /** The Pod as the watch has it. */
  cachedPod(key: ObjectKey): Pod | undefined {
    return this.#pods.get(keyOf(key));
  }

  /** Whether no ADD can have been made for this Pod before; true once. See {@linkcode FreshPods}. */
  takeFresh(pod: Pod): boolean {
    return this.#fresh.take(pod);
  }

  /** The end of the Pod with this UID, if the watch has shown it. See {@linkcode EndedPods}. */
  endOf(key: ObjectKey, uid: string): EndedPod | undefined {
    return this.#ended.of(key, uid);
  }

  /** The Pod as the API server has it now. */
  livePod(key: ObjectKey, signal: AbortSignal): Promise<Pod | undefined> {
    return this.#deps.reads.pods.tryGet(key, { signal });
  }

  /** Labels and annotations of a namespace; empty when it is not there (any more). */
  async namespace(name: string, signal: AbortSignal): Promise<ObjectFacts> {
    const known = this.#namespaces.get(name);
    return factsOf(known ?? await orUndefined(this.#deps.reads.namespaces.getMetadata({ name }, { signal })));
  }

  /** Labels of this node. */
  async node(signal: AbortSignal): Promise<ObjectFacts> {
    const name = this.#deps.nodeName;
    const known = this.#nodes.get(name);
    return factsOf(known ?? await orUndefined(this.#deps.reads.nodes.getMetadata({ name }, { signal })));
  }

  /** Whether everything was read once: {@linkcode synced} has resolved. */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  /** Whether there is such a pool, as far as the watch tells. */
  hasPool(name: string): boolean {
    return this.#poolMetadata.get(name) !== undefined;
  }

  /** All pools: spec and metadata. */
  pools(signal: AbortSignal): Promise<readonly SpiderIPPool[]> {
    return this.#catalog.list(signal);
  }

  /** Reads these pools' specs again. */
  refreshPools(names: readonly string[], signal: AbortSignal): Promise<void> {
    return this.#catalog.refresh(names, signal);
  }

  /** The application the Pod belongs to. */
  topController(pod: Pod, signal: AbortSignal): Promise<TopController> {
    return this.#owners.of(pod, signal);
  }

  /** Addresses of all SpiderReservedIPs of a family. */
  reserved(family: Family): AddressSet {
    let set = this.#reserved.get(family);
    if (set === undefined) this.#reserved.set(family, set = reservedAddresses(this.#reservedIPs.list(), family));
    return set;
  }

  get #followers(): readonly Follower[] {
    return Object.values(this.#reflectors);
  }

  async #warmUp(signal: AbortSignal): Promise<void> {
    this.#synced.promise.catch(() => undefined); // who waits for it hears of it
    try {
      await Promise.all(this.#followers.map((reflector) => reflector.synced));
      await this.#readSpecs(signal);
      this.#wasRead = true;
      this.#synced.resolve();
    } catch (err) {
      this.#synced.reject(err);
    }
  }

  async #readSpecs(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#catalog.warm(signal);
      } catch (err) {
        signal.throwIfAborted();
        this.#deps.log.warn("cannot read the pools yet", { err });
        await this.#deps.clock.sleep(WARM_PAUSE_MS, signal);
      }
    }
  }

  #reflector<T extends KubeObject>(store: Store<T>, source: ReflectorSource<T>): Reflector<T> {
    const { clock, random, log } = this.#deps;
    return new Reflector({ ...source, store, clock, random, log });
  }
}

function factsOf(object: PartialObjectMetadata | undefined): ObjectFacts {
  return { labels: object?.metadata.labels ?? {}, annotations: object?.metadata.annotations ?? {} };
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
