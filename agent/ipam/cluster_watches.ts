import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderReservedIP } from "../../crd/generated/mod.ts";
import type { KubeObject, PartialObjectMetadata } from "../../crd/kube/contract.ts";
import { Reflector, type ReflectorSource } from "../../crd/kube/reflector.ts";
import { metadataReflectorSource, reflectorSource } from "../../crd/kube/reflector_source.ts";
import { Store } from "../../crd/kube/store.ts";
import type { AgentClients } from "./clients.ts";

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

/** What the watches are made with. */
export interface ClusterWatchesDeps {
  readonly clients: AgentClients;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * What the agent watches: Pods of its node, its node, pools and namespaces by metadata, SpiderReservedIPs. A store each,
 * and a reflector that keeps it equal to what the API server has.
 */
export class ClusterWatches {
  readonly pods: Store<Pod>;
  readonly namespaces: Store<PartialObjectMetadata>;
  readonly nodes: Store<PartialObjectMetadata>;
  readonly reservedIPs: Store<SpiderReservedIP>;
  readonly pools: Store<PartialObjectMetadata>;
  readonly #deps: ClusterWatchesDeps;
  readonly #reflectors: Readonly<
    Record<"pods" | "namespaces" | "nodes" | "spiderreservedips" | "spiderippools", Follower>
  >;

  constructor(deps: ClusterWatchesDeps) {
    const { clients, nodeName, log } = deps;
    this.#deps = deps;
    this.pods = new Store({ log });
    this.namespaces = new Store({ log });
    this.nodes = new Store({ log });
    this.reservedIPs = new Store({ log });
    this.pools = new Store({ log });
    const ownPods = { fieldSelector: `spec.nodeName=${nodeName}` };
    const ownNode = { fieldSelector: `metadata.name=${nodeName}` };
    this.#reflectors = {
      pods: this.#reflector(this.pods, reflectorSource(clients.pods, ownPods)),
      namespaces: this.#reflector(this.namespaces, metadataReflectorSource(clients.namespaces)),
      nodes: this.#reflector(this.nodes, metadataReflectorSource(clients.nodes, ownNode)),
      spiderreservedips: this.#reflector(this.reservedIPs, reflectorSource(clients.reservedIPs)),
      spiderippools: this.#reflector(this.pools, metadataReflectorSource(clients.pools)),
    };
  }

  /** Follows the cluster until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#followers.map((reflector) => reflector.run(signal)));
  }

  /** Resolves when everything was listed once; rejects when {@linkcode run} ended before. */
  async listed(): Promise<void> {
    await Promise.all(this.#followers.map((reflector) => reflector.synced));
  }

  /** Resolves when the Pods were listed once; rejects when {@linkcode run} ended before. */
  get podsListed(): Promise<void> {
    return this.#reflectors.pods.synced;
  }

  /** Whether all watches follow the API server. */
  get isSynced(): boolean {
    return this.#followers.every((reflector) => reflector.isSynced);
  }

  /** What is watched, and when the API server last said anything about it. */
  states(): readonly WatchState[] {
    return Object.entries(this.#reflectors).map(([resource, { isSynced, heardMs }]) => ({
      resource,
      isSynced,
      heardMs,
    }));
  }

  get #followers(): readonly Follower[] {
    return Object.values(this.#reflectors);
  }

  #reflector<T extends KubeObject>(store: Store<T>, source: ReflectorSource<T>): Reflector<T> {
    const { clock, random, log } = this.#deps;
    return new Reflector({ ...source, store, clock, random, log });
  }
}
