import { abortable } from "../../net/base/abort.ts";
import type { Family } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import { reservedAddresses } from "../../crd/ipam/reserved.ts";
import type { TopController } from "../../crd/ipam/top_controller.ts";
import type { ObjectKey, PartialObjectMetadata } from "../../crd/kube/contract.ts";
import { isNotFound } from "../../crd/kube/errors.ts";
import { keyOf } from "../../crd/kube/key.ts";
import type { AgentReads } from "./clients.ts";
import { ClusterWatches, type ClusterWatchesDeps, type WatchState } from "./cluster_watches.ts";
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

/** What the view is made of. */
export interface ClusterViewDeps extends ClusterWatchesDeps {
  /** For what requests ask for. */
  readonly reads: AgentReads;
  /** Told when a pool changed or went; `undefined` when it went. */
  readonly onPool: (pool: string, resourceVersion: string | undefined) => void;
}

/** What the agent knows of the cluster: what {@linkcode ClusterWatches} follow; everything else is read when asked for. */
export class ClusterView {
  readonly #deps: ClusterViewDeps;
  readonly #watches: ClusterWatches;
  readonly #owners: TopControllers;
  readonly #catalog: PoolCatalog;
  readonly #synced = Promise.withResolvers<void>();
  readonly #reserved = new Map<Family, AddressSet>();
  readonly #fresh = new FreshPods();
  readonly #ended: EndedPods;
  #wasRead = false;

  constructor(deps: ClusterViewDeps) {
    const { reads } = deps;
    this.#deps = deps;
    this.#watches = new ClusterWatches(deps);
    const { pods, pools, reservedIPs, podsListed } = this.#watches;
    this.#ended = new EndedPods(pods);
    podsListed.then(() => this.#fresh.follow(pods), () => undefined); // stopped before
    this.#owners = new TopControllers(reads);
    this.#catalog = new PoolCatalog({ pools: reads.pools, metadata: pools });
    this.#followPools();
    reservedIPs.subscribeKeys(() => this.#reserved.clear());
  }

  /** Follows the cluster until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#watches.run(signal), this.#warmUp(signal)]);
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
    return this.#watches.isSynced;
  }

  /** What is watched, and when the API server last said anything about it. */
  watches(): readonly WatchState[] {
    return this.#watches.states();
  }

  /** The Pod as the watch has it. */
  cachedPod(key: ObjectKey): Pod | undefined {
    return this.#watches.pods.get(keyOf(key));
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
    const known = this.#watches.namespaces.get(name);
    return factsOf(known ?? await orUndefined(this.#deps.reads.namespaces.getMetadata({ name }, { signal })));
  }

  /** Labels of this node. */
  async node(signal: AbortSignal): Promise<ObjectFacts> {
    const name = this.#deps.nodeName;
    const known = this.#watches.nodes.get(name);
    return factsOf(known ?? await orUndefined(this.#deps.reads.nodes.getMetadata({ name }, { signal })));
  }

  /** Whether everything was read once: {@linkcode synced} has resolved. */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  /** Whether there is such a pool, as far as the watch tells. */
  hasPool(name: string): boolean {
    return this.#watches.pools.get(name) !== undefined;
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
    if (set === undefined) {
      this.#reserved.set(family, set = reservedAddresses(this.#watches.reservedIPs.list(), family));
    }
    return set;
  }

  #followPools(): void {
    const { onPool } = this.#deps;
    const tell = ({ metadata }: PartialObjectMetadata) => onPool(metadata.name, metadata.resourceVersion);
    this.#watches.pools.subscribe({
      added: tell,
      updated: tell,
      deleted: ({ metadata }) => {
        this.#catalog.forget(metadata.name);
        onPool(metadata.name, undefined);
      },
    });
  }

  async #warmUp(signal: AbortSignal): Promise<void> {
    this.#synced.promise.catch(() => undefined); // who waits for it hears of it
    try {
      await this.#watches.listed();
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
