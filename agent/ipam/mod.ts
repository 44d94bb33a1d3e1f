/**
 * IPAM on one node: the shell around `crd/ipam`.
 *
 * @example
 * ```ts
 * const ipam = createIpam({ transport, journal, config, clock: systemClock, random: systemRandom, log });
 * ipam.run(signal);
 * await ipam.ready(signal);
 * const answer = await ipam.service.add(args, signal);
 * ```
 *
 * @module
 */
import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import { LocalPoolClaims } from "../../crd/ipam/claims.ts";
import { kubePoolStore } from "../../crd/ipam/kube_pool_store.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { KubeTransport, ObjectKey } from "../../crd/kube/contract.ts";
import type { IpamService } from "../api/service.ts";
import { add } from "./add.ts";
import { agentClients, agentReads } from "./clients.ts";
import { ClusterView } from "./cluster_view.ts";
import type { IpamConfig, IpamDeps } from "./deps.ts";
import { EndpointStore } from "./endpoint_store.ts";
import { FreeSignal } from "./free_signal.ts";
import type { Journal } from "./journal.ts";
import { claimsAfterPredecessor } from "./predecessor.ts";
import { runRecovery } from "./recover.ts";
import { release } from "./release.ts";
import { RunningAdds } from "./running_adds.ts";
import { endpointViewOf } from "../../crd/ipam/endpoint_view.ts";

export type { IpamConfig } from "./deps.ts";
export { FileJournal } from "./file_journal.ts";
export { type Journal, type JournalEntry, type JournalKey, MemoryJournal } from "./journal.ts";

/** What {@linkcode createIpam} is built from. */
export interface IpamOptions {
  readonly transport: KubeTransport;
  readonly journal: Journal;
  readonly config: IpamConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Bounds each request to the API server, in milliseconds. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** `SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS`. */
  readonly maxAllocatedIPs: number;
}

/** IPAM of one node. */
export interface Ipam {
  readonly service: IpamService;
  /** Follows the cluster and settles the journal until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when requests can be served: everything was read once. */
  ready(signal: AbortSignal): Promise<void>;
  /** The Pod: as the watch has it, else as the API server has it now; `undefined` for none. */
  pod(key: ObjectKey, signal: AbortSignal): Promise<Pod | undefined>;
  /** Whether all watches follow the API server now. */
  readonly isSynced: boolean;
}

/** Builds the IPAM of one node. Nothing runs before {@linkcode Ipam.run}. */
export function createIpam(options: IpamOptions): Ipam {
  const { journal, config, clock, random, log } = options;
  const { view, claims, freed, clients, reads } = createAccess(options);
  const endpoints = new EndpointStore({ endpoints: { ...clients.endpoints, ...reads.endpoints }, clock, random });
  const running = new RunningAdds();
  const deps: IpamDeps = { config, view, claims, freed, endpoints, reads, journal, running, clock, log };
  return {
    service: serviceOf(deps),
    get isSynced() {
      return view.isSynced;
    },
    ready: (signal) => view.synced(signal),
    pod: async (key, signal) => view.cachedPod(key) ?? await view.livePod(key, signal),
    async run(signal) {
      claims.prepare().catch((err) => log.error("cannot read the journal", { err })); // the next request tries again
      await Promise.all([view.run(signal), view.synced(signal).then(() => runRecovery(deps, signal), ignoreStop)]);
    },
  };
}

function serviceOf(deps: IpamDeps): IpamService {
  return {
    add: (args, signal) => add(deps, args, signal),
    release: (args, signal) => release(deps, args, signal),
    async endpoint(key, signal) {
      const endpoint = await deps.endpoints.get(key, signal);
      return endpoint === undefined ? undefined : endpointViewOf(endpoint);
    },
  };
}

/** The ways to the cluster: what is watched, and who writes pools; each tells the other what it saw. */
function createAccess(
  { transport, journal, config, clock, random, log, requestTimeoutMs = 10_000, maxAllocatedIPs }: IpamOptions,
) {
  const clients = agentClients(transport, { clock, timeoutMs: requestTimeoutMs });
  const reads = agentReads(clients, { clock, random });
  const freed = new FreeSignal();
  const view: ClusterView = new ClusterView({
    clients,
    reads,
    nodeName: config.nodeName,
    clock,
    random,
    log,
    onPool(pool, resourceVersion) {
      if (resourceVersion === undefined) claims.forget(pool);
      else claims.observe(pool, resourceVersion);
      freed.notify(pool);
    },
  });
  const claims: LocalPoolClaims = new LocalPoolClaims({
    store: kubePoolStore(clients.pools),
    clock,
    random,
    log,
    reserved: (family) => view.reserved(family),
    onFreed: (pool) => freed.notify(pool),
    maxRecords: maxAllocatedIPs,
  });
  return { clients, reads, freed, view, claims: claimsAfterPredecessor(claims, journal) };
}

function ignoreStop(): void {
  // Stopped before it was ready.
}
