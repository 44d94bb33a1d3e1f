import { dirname, join } from "node:path";
import { anySignal } from "../net/base/any_signal.ts";
import { systemRandom } from "../net/base/random.ts";
import type { KubeTransport } from "../crd/kube/contract.ts";
import type { Conf } from "./config/conf.ts";
import type { AgentEnvironment } from "./config/environment.ts";
import { createCoordinatorService } from "./coordinator/service.ts";
import { createPeerPort, peerOptionsOf } from "./create_peers.ts";
import type { CreateIpam } from "./daemon.ts";
import { withDetection } from "./detection.ts";
import { hostMaster } from "./host_master.ts";
import { createIpam, FileJournal, type IpamConfig } from "./ipam/mod.ts";

/** Folder of the journal, beside the socket: both end with the node's run. */
const JOURNAL = "spiderpool-journal";

/** What {@linkcode ipamOver} may be told. */
export interface IpamOverOptions {
  /** File of the token for peers. @default where the DaemonSet mounts it */
  readonly peerTokenPath?: string;
}

/** {@linkcode CreateIpam} over the API server behind `transport`. */
export function ipamOver(
  transport: KubeTransport & { close?(): void },
  { peerTokenPath }: IpamOverOptions = {},
): CreateIpam {
  return async ({ conf, environment, clock, log, signal }) => {
    const journal = await FileJournal.open(join(dirname(conf.ipamUnixSocketPath), JOURNAL), { log });
    const port = createPeerPort(transport, { conf, environment, clock, log }, {
      ...(peerTokenPath !== undefined && { tokenPath: peerTokenPath }),
    });
    const ipam = createIpam({
      transport,
      journal,
      config: ipamConfigOf(conf, environment),
      maxAllocatedIPs: environment.maxAllocatedIps,
      master: hostMaster(),
      clock,
      random: systemRandom,
      log,
      ...(port && { peers: peerOptionsOf(port, conf) }),
    });
    const stop = new AbortController();
    const coordinator = createCoordinatorService({ transport, clock, random: systemRandom, log, pod: ipam.pod });
    const running = Promise.all([
      ipam.run(stop.signal),
      coordinator.run(stop.signal),
      ipam.committer && port?.run(ipam.committer, stop.signal).catch((err) => log.error("serves no peers", { err })),
    ]);
    using either = anySignal([signal, stop.signal]);
    await ipam.ready(either.signal);
    log.info("read the cluster");
    return {
      service: withDetection(ipam.service, conf.agent.detection),
      coordinator,
      ready: () => ipam.isSynced,
      async close() {
        await port?.close();
        stop.abort(new Error("Cannot go on: the agent stops"));
        await running;
        transport.close?.();
      },
    };
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
