import type { IpamAddArgs, IpamAddResponse } from "../../agent/api/mod.ts";
import type { Log } from "../../net/base/log.ts";
import { type CniCall, convertResult, formatResult, parseArgs, type PodArgs, requireNetns } from "../cni/mod.ts";
import { agentFailure, agentOf, ALLOCATION_REFUSED } from "./agent.ts";
import { type IpamConf, parseIpamConf } from "./config.ts";
import { fieldsOf } from "./fields.ts";
import { openLog } from "./log.ts";
import { resultOf } from "./result.ts";

const failure = { token: "spiderpool IP allocation error", refusedCode: ALLOCATION_REFUSED };

/** ADD: asks the agent for addresses and prints the abbreviated result that a main plugin takes from its IPAM. */
export async function add(call: CniCall): Promise<string> {
  const conf = parseIpamConf(call.config);
  requireNetns(call.environment.netns, call.io);
  using log = openLog(conf.log, { call, settings: { caller: "spiderpool/add.ts", fields: fieldsOf(call) } });
  try {
    const args = parseArgs(call.environment.args);
    const podLog = log.child({ PodName: args.podName, PodNamespace: args.podNamespace, PodUID: args.podUid });
    podLog.debug("asks for addresses", { socket: conf.socketPath });
    const response = await allocate(call, { conf, args });
    warnOfDetection(podLog, response);
    const result = resultOf(response, call.environment.ifname);
    podLog.info("got addresses", { ips: result.ips, routes: result.routes });
    return formatResult(convertResult(result, call.cniVersion));
  } catch (err) {
    log.error("ADD failed", { err });
    throw err;
  }
}

interface Asking {
  readonly conf: IpamConf;
  readonly args: PodArgs;
}

async function allocate(call: CniCall, { conf, args }: Asking): Promise<IpamAddResponse> {
  try {
    return await agentOf(conf).allocate(addArgs(call, { conf, args }));
  } catch (err) {
    throw agentFailure(err, failure);
  }
}

function addArgs({ environment }: CniCall, { conf, args }: Asking): IpamAddArgs {
  return {
    containerID: environment.containerId,
    ifName: environment.ifname,
    netNamespace: environment.netns,
    podName: args.podName,
    podNamespace: args.podNamespace,
    podUID: args.podUid,
    defaultIPv4IPPool: conf.defaultIpv4Pools === undefined ? null : [...conf.defaultIpv4Pools],
    defaultIPv6IPPool: conf.defaultIpv6Pools === undefined ? null : [...conf.defaultIpv6Pools],
    cleanGateway: conf.cleanGateway,
    matchMasterSubnet: conf.matchMasterSubnet,
  };
}

/** The agent asks for probes where the operator switched them on; that they are not sent must be seen. */
function warnOfDetection(log: Log, { ips }: IpamAddResponse): void {
  const asked = (ips ?? []).filter((ip) => ip.enableGatewayDetection || ip.enableIPConflictDetection);
  if (asked.length > 0) {
    log.warn("detection is not available in this build", { addresses: asked.map((ip) => ip.address) });
  }
}
