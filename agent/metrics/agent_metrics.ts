import type { PoolObserver } from "../../crd/ipam/pool_observer.ts";
import type { IpamService } from "../api/mod.ts";
import type { IpamState } from "../ipam/mod.ts";
import { type Monotonic, type PeerDirectory, type PeerExchange, type PeerObserver, PeerRanking } from "../peer/mod.ts";
import type { HttpServer } from "../server/mod.ts";
import { sysctlName, type SysctlOutcome } from "../sysctl/mod.ts";
import { commitMeter } from "./commit_meter.ts";
import { DurationMeter } from "./duration_meter.ts";
import type { InstrumentsOf, MetricRegistry } from "./instruments.ts";
import { type ClosableTransport, measuredTransport } from "./kube_meter.ts";
import { measuredExchange, peerObserver } from "./peer_meter.ts";
import { peerRows } from "./peer_rows.ts";
import { PoolMeter } from "./pool_meter.ts";
import { measuredService } from "./request_meter.ts";
import { allocationRows, debugRows, releaseRows, timeRows } from "./request_rows.ts";
import { serverLook, type ServerName } from "./server_meter.ts";
import { clusterRows, commitRows, ipamRows, nodeRows, poolRows, serverRows } from "./state_rows.ts";

/** What is looked at before each scrape. */
export interface StateSources {
  state(): Promise<IpamState>;
  /** The agents that share writes; absent where each writes for itself. */
  readonly directory?: PeerDirectory | undefined;
  /** Connections to them; absent as they are. */
  readonly peerConnections?: (() => number) | undefined;
}

/** The agent's meters, to be put where things happen. Where metrics are off there are none. */
export interface AgentMetrics {
  readonly poolObserver: PoolObserver;
  /** `undefined` unless metrics for debugging are on. */
  readonly onAutoPoolWait: (() => void) | undefined;
  service(service: IpamService): IpamService;
  transport(transport: ClosableTransport): ClosableTransport;
  exchange(exchange: PeerExchange): PeerExchange;
  /** Told what goes on between agents. */
  readonly peers: PeerObserver;
  /** An address was set aside because of a conflict. */
  quarantined(): void;
  /** A release was carried out that a plugin had asked for in vain. */
  carriedOut(): void;
  /** What became of the node's kernel parameters. */
  sysctls(outcomes: readonly SysctlOutcome[]): void;
  /** From now on shows how full a server is. */
  server(name: ServerName, server: Pick<HttpServer, "load">): void;
  /** From now on shows what IPAM holds and does. */
  follow(sources: StateSources): void;
}

/** What {@linkcode agentMetrics} is told. */
export interface AgentMetricsOptions {
  readonly monotonic: Monotonic;
  /** `SPIDERPOOL_ENABLED_DEBUG_METRIC`. */
  readonly withDebug: boolean;
}

/** Makes the agent's metrics in `registry`. */
export function agentMetrics(registry: MetricRegistry, { monotonic, withDebug }: AgentMetricsOptions): AgentMetrics {
  const requests = requestMeters(registry);
  const { allocation, allocationWait, release, releaseWait } = requests;
  const waits = { allocationWait, releaseWait };
  const conflicts = { allocationConflicts: allocation.conflicts, releaseConflicts: release.conflicts };
  const ipam = registry.make(ipamRows);
  const cluster = registry.make(clusterRows);
  const peers = registry.make(peerRows);
  const node = registry.make(nodeRows);
  const servers = registry.make(serverRows);
  const pools = new PoolMeter(registry.make(poolRows));
  const debug = withDebug ? registry.make(debugRows) : undefined;
  return {
    poolObserver: commitMeter({ ...registry.make(commitRows), ...conflicts, ...waits, monotonic }),
    onAutoPoolWait: debug && (() => debug.autoPoolWaited.add({})),
    service: (service) => measuredService(service, { ...requests, monotonic }),
    transport: (transport) => measuredTransport(transport, { ...cluster, monotonic }),
    exchange: (exchange) => measuredExchange(exchange, peers),
    peers: peerObserver(peers),
    quarantined: () => ipam.quarantined.add({}),
    carriedOut: () => ipam.carriedOut.add({}),
    sysctls(outcomes) {
      node.sysctls.clear();
      for (const { key, kind } of outcomes) node.sysctls.set({ sysctl: sysctlName(key), outcome: kind }, 1);
    },
    server: (server, source) => registry.onScrape(serverLook(servers, { server, load: () => source.load() })),
    follow: (sources) => registry.onScrape(lookAt(sources, { ipam, peers, cluster, pools })),
  };
}

function requestMeters(registry: MetricRegistry) {
  return {
    allocation: registry.make(allocationRows),
    allocationTime: new DurationMeter(registry.make(timeRows.allocation)),
    allocationWait: new DurationMeter(registry.make(timeRows.allocationWait)),
    release: registry.make(releaseRows),
    releaseTime: new DurationMeter(registry.make(timeRows.release)),
    releaseWait: new DurationMeter(registry.make(timeRows.releaseWait)),
  };
}

/** What shows the state of {@linkcode StateSources}. */
interface StateMeters {
  readonly ipam: InstrumentsOf<typeof ipamRows>;
  readonly peers: InstrumentsOf<typeof peerRows>;
  readonly cluster: InstrumentsOf<typeof clusterRows>;
  readonly pools: PoolMeter;
}

/** The look before each scrape. */
function lookAt(
  { state, directory, peerConnections }: StateSources,
  { ipam, peers, cluster, pools }: StateMeters,
): () => Promise<void> {
  const isCommitter = committerTest(directory);
  return async function look() {
    const now = await state();
    showIpam(ipam, now);
    pools.show({ ...now, isCommitter });
    peers.live.set({}, directory?.live().length ?? 0);
    peers.connections.set({}, peerConnections?.() ?? 0);
    for (const { resource, isSynced, heardMs } of now.watches) {
      cluster.watchSynced.set({ resource }, Number(isSynced));
      if (heardMs !== undefined) cluster.watchLag.set({ resource }, Math.max(0, now.nowMs - heardMs) / 1000);
    }
  };
}

function showIpam(ipam: InstrumentsOf<typeof ipamRows>, now: IpamState): void {
  ipam.inProgress.set({}, now.addsInProgress);
  ipam.freeWaiters.set({}, now.freeWaiters);
  ipam.journal.set({}, now.journalEntries);
  ipam.journalOldest.set({}, now.journalOldestMs / 1000);
  ipam.owed.set({}, now.owedDels);
  ipam.owedFailing.set({}, now.owedFailingMs / 1000);
}

/** Whether this agent should write a pool: each does where nobody shares. */
function committerTest(directory: PeerDirectory | undefined): (pool: string) => boolean {
  if (directory === undefined) return () => true;
  const ranking = new PeerRanking(directory);
  return (pool) => {
    const [first] = ranking.of(pool);
    return first === undefined || first.node === directory.self;
  };
}
