import { dirname, join } from "node:path";
import { anySignal } from "../net/base/any_signal.ts";
import { systemRandom } from "../net/base/random.ts";
import type { KubeTransport } from "../crd/kube/contract.ts";
import { owedFolderOf } from "./api/mod.ts";
import type { Conf } from "./config/conf.ts";
import type { AgentEnvironment } from "./config/environment.ts";
import { createCoordinatorService } from "./coordinator/service.ts";
import { createPeerPort, peerOptionsOf } from "./create_peers.ts";
import type { CreateIpam } from "./daemon.ts";
import { withDetection } from "./detection.ts";
import { hostMaster } from "./host_master.ts";
import { createIpam, FileJournal, FileOwedDels, type IpamConfig, type IpamOptions } from "./ipam/mod.ts";
import { type ApiServerWait, waitForApiServer } from "./lifecycle/mod.ts";
import type { AgentMetrics } from "./metrics/mod.ts";

/** Folder of the journal, beside the socket: both end with the node's run. */
const JOURNAL = "spiderpool-journal";

/** What {@linkcode ipamOver} may be told. */
export interface IpamOverOptions {
  /** File of the token for peers. @default where the DaemonSet mounts it */
  readonly peerTokenPath?: string;
}

/** {@linkcode CreateIpam} over the API server behind the transport `server`. */
export function ipamOver(
  server: KubeTransport & { close?(): void },
  { peerTokenPath }: IpamOverOptions = {},
): CreateIpam {
  return async ({ conf, confNow = () => conf, environment, clock, log, metrics, signal }) => {
    const transport = metrics?.transport(server) ?? server;
    await untilReady(transport, { clock, log, signal });
    const journal = await FileJournal.open(join(dirname(conf.ipamUnixSocketPath), JOURNAL), { log });
    const port = createPeerPort(transport, { conf, environment, clock, log, ...(metrics && { metrics }) }, {
      ...(peerTokenPath !== undefined && { tokenPath: peerTokenPath }),
    });
    const ipam = createIpam({
      transport,
      journal,
      owed: new FileOwedDels(owedFolderOf(conf.ipamUnixSocketPath), { clock, log }),
      config: ipamConfigOf(conf, environment),
      configNow: () => ipamConfigOf(confNow(), environment),
      requestTimeoutMs: requestTimeoutOf(conf, environment),
      maxAllocatedIPs: environment.maxAllocatedIps,
      master: hostMaster(),
      clock,
      random: systemRandom,
      log,
      ...(port && { peers: peerOptionsOf(port, { conf, confNow, ...(metrics && { metrics }) }) }),
      ...(metrics && countersOf(metrics)),
    });
    metrics?.follow({ state: ipam.state, directory: port?.directory, peerConnections: () => port?.connections ?? 0 });
    if (port !== undefined) metrics?.server("peers", port);
    const stop = new AbortController();
    const coordinator = createCoordinatorService({ transport, clock, random: systemRandom, log, pod: ipam.pod });
    const running = Promise.all([
      ipam.run(stop.signal),
      coordinator.run(stop.signal),
      ipam.committer && port?.run(ipam.committer, stop.signal).catch((err) => log.error("serves no peers", { err })),
    ]);
    async function close(): Promise<void> {
      await port?.close();
      stop.abort(new Error("Cannot go on: the agent stops"));
      await running;
      transport.close?.();
    }
    try {
      using either = anySignal([signal, stop.signal]);
      await ipam.ready(either.signal);
    } catch (err) {
      await close();
      throw err;
    }
    log.info("read the cluster");
    const service = withDetection(ipam.service, () => confNow().agent.detection);
    return {
      service: metrics?.service(service) ?? service,
      coordinator,
      housekeeping: ipam.housekeeping,
      ready: () => ipam.isSynced,
      handOver: () => port?.handOver() ?? Promise.resolve(),
      close,
    };
  };
}

async function untilReady(transport: KubeTransport & { close?(): void }, wait: ApiServerWait): Promise<void> {
  try {
    await waitForApiServer(transport, wait);
  } catch (err) {
    transport.close?.();
    throw err;
  }
}

/** What IPAM tells of as it happens. */
function countersOf(
  metrics: AgentMetrics,
): Pick<IpamOptions, "poolObserver" | "onAutoPoolWait" | "onQuarantined" | "onCarriedOut"> {
  const { poolObserver, onAutoPoolWait } = metrics;
  return {
    poolObserver,
    onAutoPoolWait,
    onQuarantined: () => metrics.quarantined(),
    onCarriedOut: () => metrics.carriedOut(),
  };
}

/** What IPAM takes from conf.yml and the environment. */
export function ipamConfigOf(conf: Conf, environment: AgentEnvironment): IpamConfig {
  const { multusClusterNetwork } = environment;
  return {
    nodeName: environment.nodeName,
    features: {
      enableIPv4: conf.enableIPv4,
      enableIPv6: conf.enableIPv6,
      enableSpiderSubnet: conf.enableSpiderSubnet,
      enableAutoPool: conf.enableAutoPoolForApplication,
      enableStatefulSet: conf.enableStatefulSet,
      enableKubevirt: conf.enableKubevirtStaticIP,
    },
    agentNamespace: environment.podNamespace,
    ...(multusClusterNetwork === "" ? {} : { clusterNetwork: multusClusterNetwork }),
    enableIPConflictDetection: conf.enableIPConflictDetection,
    enableGatewayDetection: conf.enableGatewayDetection,
    deadlineMs: conf.agent.ipamDeadline,
    waitForFreeMs: conf.agent.waitForFreeAddress,
    maxHistory: environment.maxHistoryRecords,
    waitForAutoPoolMs: environment.waitSubnetPoolSeconds * environment.waitSubnetPoolMaxRetries * 1000,
    conflictQuarantineMs: conf.agent.conflictQuarantine,
    releaseConflictIPs: environment.enabledReleaseConflictIps,
  };
}

const LONGEST_REQUEST_MS = 10_000;
const SHORTEST_REQUEST_MS = 2_000;

/**
 * How long one request to the API server may take, in milliseconds: so short that the deadline has room for
 * `SPIDERPOOL_UPDATE_CR_MAX_RETRIES` tries of an update, also where each hangs; from 2 to 10 s.
 */
export function requestTimeoutOf(
  { agent: { ipamDeadline } }: Conf,
  { updateCrMaxRetries }: Pick<AgentEnvironment, "updateCrMaxRetries">,
): number {
  const ms = Math.floor(ipamDeadline / Math.max(1, updateCrMaxRetries));
  return Math.min(LONGEST_REQUEST_MS, Math.max(SHORTEST_REQUEST_MS, ms));
}
