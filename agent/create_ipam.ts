import { dirname, join } from "node:path";
import { anySignal } from "../net/base/any_signal.ts";
import { systemRandom } from "../net/base/random.ts";
import type { KubeTransport } from "../crd/kube/contract.ts";
import type { Conf } from "./config/conf.ts";
import type { AgentEnvironment } from "./config/environment.ts";
import { createCoordinatorService } from "./coordinator/service.ts";
import type { CreateIpam } from "./daemon.ts";
import { createIpam, FileJournal, type IpamConfig } from "./ipam/mod.ts";

/** Folder of the journal, beside the socket: both end with the node's run. */
const JOURNAL = "spiderpool-journal";

/** {@linkcode CreateIpam} over the API server behind `transport`. */
export function ipamOver(transport: KubeTransport & { close?(): void }): CreateIpam {
  return async ({ conf, environment, clock, log, signal }) => {
    const journal = await FileJournal.open(join(dirname(conf.ipamUnixSocketPath), JOURNAL), { log });
    if (conf.enableKubevirtStaticIP) {
      log.warn("enableKubevirtStaticIP is not supported yet: Pods of VMs are treated as stateless");
    }
    const ipam = createIpam({
      transport,
      journal,
      config: ipamConfigOf(conf, environment),
      maxAllocatedIPs: environment.maxAllocatedIps,
      clock,
      random: systemRandom,
      log,
    });
    const stop = new AbortController();
    const coordinator = createCoordinatorService({ transport, clock, random: systemRandom, log, pod: ipam.pod });
    const running = Promise.all([ipam.run(stop.signal), coordinator.run(stop.signal)]);
    using either = anySignal([signal, stop.signal]);
    await ipam.ready(either.signal);
    log.info("read the cluster");
    return {
      service: ipam.service,
      coordinator,
      ready: () => ipam.isSynced,
      async close() {
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
      enableKubevirt: false, // a VM's addresses need its VMI and VM, which the agent does not read yet
    },
    agentNamespace: environment.podNamespace,
    ...(multusClusterNetwork === "" ? {} : { clusterNetwork: multusClusterNetwork }),
    enableIPConflictDetection: conf.enableIPConflictDetection,
    enableGatewayDetection: conf.enableGatewayDetection,
    deadlineMs: conf.agent.ipamDeadline,
    waitForFreeMs: conf.agent.waitForFreeAddress,
    maxHistory: environment.maxHistoryRecords,
  };
}
