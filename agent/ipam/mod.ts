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
import type { PoolObserver } from "../../crd/ipam/pool_observer.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { KubeTransport, ObjectKey } from "../../crd/kube/contract.ts";
import type { HousekeepingService, IpamService } from "../api/service.ts";
import { type AttachmentArgs, attachmentFields, type AttachmentVerb } from "../log_fields.ts";
import type { PeerCommitter } from "../peer/mod.ts";
import { add } from "./add.ts";
import { agentClients, agentReads } from "./clients.ts";
import { runCarryOut } from "./carry_out.ts";
import { ClusterView } from "./cluster_view.ts";
import type { IpamConfig, IpamDeps } from "./deps.ts";
import type { QuarantineNote } from "./conflict.ts";
import { EndpointStore } from "./endpoint_store.ts";
import { explain, type ExplainDeps } from "./explain.ts";
import { FreeSignal } from "./free_signal.ts";
import type { Journal } from "./journal.ts";
import type { OwedDels } from "./owed_dels.ts";
import { type PeerOptions, peersOf } from "./peers.ts";
import { claimsAfterPredecessor } from "./predecessor.ts";
import { runRecovery } from "./recover.ts";
import { endpointInTime } from "./endpoint_lookup.ts";
import { createHousekeeping } from "./housekeeping.ts";
import type { ReadMaster } from "./master.ts";
import { createReporting } from "./reporting.ts";
import { release } from "./release.ts";
import { releaseBatch } from "./release_batch.ts";
import { RunningAdds } from "./running_adds.ts";
import { SandboxOrder } from "./sandbox_order.ts";
import { type IpamState, ipamState } from "./state.ts";

export type { IpamConfig } from "./deps.ts";
export type { ReadMaster } from "./master.ts";
export type { IpamState } from "./state.ts";
export type { PeerOptions } from "./peers.ts";
export { FileJournal } from "./file_journal.ts";
export { FileOwedDels } from "./file_owed_dels.ts";
export { type Journal, type JournalEntry, type JournalKey, MemoryJournal } from "./journal.ts";

/** What {@linkcode createIpam} is built from. */
export interface IpamOptions {
  readonly transport: KubeTransport;
  readonly journal: Journal;
  /** DELs that plugins could not have carried out. @default nobody leaves any */
  readonly owed?: OwedDels;
  /** Told of every owed DEL that was carried out; must not throw. @default nobody */
  readonly onCarriedOut?: (() => void) | undefined;
  readonly config: IpamConfig;
  /** As it is now; each request is worked on with what it says when that begins. @default `config`, always */
  readonly configNow?: () => IpamConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Bounds each request to the API server, in milliseconds. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** `SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS`. */
  readonly maxAllocatedIPs: number;
  /** Told of every address that was set aside because of a conflict. Must not throw. */
  readonly onQuarantined?: (note: QuarantineNote) => void;
  /** Told what is queued for pools and written. @default nobody */
  readonly poolObserver?: PoolObserver | undefined;
  /** Told each time that an ADD waits for an auto-created pool; must not throw. @default nobody */
  readonly onAutoPoolWait?: (() => void) | undefined;
  /** Looks for the addresses of a NIC's master on this host; absent where nobody can. */
  readonly master?: ReadMaster;
  /** Whether Events are recorded on Pods. @default true */
  readonly withEvents?: boolean;
  /** The other agents, with which this one shares writes; absent: each writes for itself. */
  readonly peers?: PeerOptions;
}

/** IPAM of one node. */
export interface Ipam {
  readonly service: IpamService;
  /** What the runtime asks about the node as a whole. */
  readonly housekeeping: HousekeepingService;
  /** Follows the cluster and settles the journal until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when requests can be served: everything was read once. */
  ready(signal: AbortSignal): Promise<void>;
  /** The Pod: as the watch has it, else as the API server has it now; `undefined` for none. */
  pod(key: ObjectKey, signal: AbortSignal): Promise<Pod | undefined>;
  /** Whether all watches follow the API server now. */
  readonly isSynced: boolean;
  /** What goes on, and what is known of pools. */
  state(): Promise<IpamState>;
  /** Does what other agents ask; absent without {@linkcode IpamOptions.peers}. */
  readonly committer?: PeerCommitter;
}

/** Builds the IPAM of one node. Nothing runs before {@linkcode Ipam.run}. */
export function createIpam(options: IpamOptions): Ipam {
  const { journal, owed, config, configNow = () => config, clock, random, log, master, onQuarantined } = options;
  const { view, claims, committer, freed, clients, reads, writers, limitsOf } = createAccess(options);
  const endpoints = new EndpointStore({ endpoints: { ...clients.endpoints, ...reads.endpoints }, clock, random });
  const running = new RunningAdds();
  const { nodeName } = config;
  const { events } = clients;
  const { withEvents = true } = options;
  const reporting = createReporting({ events, view, nodeName, clock, random, log, withEvents });
  const { observer, memory } = reporting;
  const told = {
    observer,
    onAutoPoolWait: options.onAutoPoolWait,
    onQuarantined(note: QuarantineNote) {
      reporting.onQuarantined(note);
      onQuarantined?.(note);
    },
  };
  const withMaster = master === undefined ? told : { ...told, master };
  const state = { journal, owed, running, sandboxes: new SandboxOrder() };
  const deps: IpamDeps = {
    get config() {
      return configNow();
    },
    ...{ view, claims, freed, endpoints, reads, ...state, clock, log, ...withMaster },
  };
  async function settleAll(signal: AbortSignal): Promise<void> {
    const { onCarriedOut } = options;
    const carryOut = owed && runCarryOut(deps, { owed, onCarriedOut }, signal);
    await Promise.all([runRecovery(deps, signal), carryOut]);
  }
  return {
    service: serviceOf({ ipam: deps, memory, limitsOf }),
    housekeeping: createHousekeeping({ ipam: deps, memory, reads }),
    ...(committer === undefined ? {} : { committer }),
    get isSynced() {
      return view.isSynced;
    },
    state: () => ipamState(deps, writers),
    ready: (signal) => view.synced(signal),
    pod: async (key, signal) => view.cachedPod(key) ?? await view.livePod(key, signal),
    async run(signal) {
      reporting.endWith(signal);
      claims.prepare().catch((err) => log.error("cannot read the journal", { err })); // the next request tries again
      await Promise.all([view.run(signal), view.synced(signal).then(() => settleAll(signal), ignoreStop)]);
    },
  };
}

/** Spreading the dependencies fixes the configuration of a request: what changes meanwhile is the next one's. */
function serviceOf(explainDeps: ExplainDeps): IpamService {
  const deps = explainDeps.ipam;
  return {
    explain: (query, signal) => explain({ ...explainDeps, ipam: { ...deps } }, query, signal),
    add(args, signal) {
      deps.owed?.void(args); // the runtime is past that DEL
      return add(depsOf("ADD", args), args, signal);
    },
    release: (args, signal) => release(depsOf("DEL", args), args, signal),
    releaseBatch: (args, signal) => releaseBatch(depsOf("batch DEL", args), args, signal),
    endpoint: (key, signal) => endpointInTime(deps, key, signal),
  };

  /** Every line of a request says whose it is. */
  function depsOf(verb: AttachmentVerb, args: AttachmentArgs): IpamDeps {
    return { ...deps, log: deps.log.child(attachmentFields(verb, args)) };
  }
}

/** The ways to the cluster: what is watched, and who writes pools; each tells the other what it saw. */
function createAccess(
  { transport, journal, config, clock, random, log, requestTimeoutMs = 10_000, maxAllocatedIPs, poolObserver, peers }:
    IpamOptions,
) {
  const clients = agentClients(transport, { clock, timeoutMs: requestTimeoutMs });
  const reads = agentReads(clients, { clock, random });
  const freed = new FreeSignal({ clock, random });
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
      freed.changed(pool);
    },
  });
  const claims: LocalPoolClaims = new LocalPoolClaims({
    store: kubePoolStore(clients.pools),
    clock,
    random,
    log,
    reserved: (family) => view.reserved(family),
    onFreed: (pool) => freed.notify(pool),
    observer: poolObserver,
    maxRecords: maxAllocatedIPs,
  });
  const own = claimsAfterPredecessor(claims, journal);
  const shared = peers === undefined ? { claims: own } : peersOf(own, { ...peers, view, clock, random, log });
  const limitsOf: ExplainDeps["limitsOf"] = (pool, view) => claims.limitsOf(pool, view);
  return { clients, reads, freed, view, committer: undefined, writers: claims, limitsOf, ...shared };
}

function ignoreStop(): void {
  // Stopped before it was ready.
}
