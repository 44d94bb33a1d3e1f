import type { IpamAddArgs, IpamAddResponse } from "../../agent/api/mod.ts";
import {
  agentFailure,
  type CniCall,
  CniCode,
  CniError,
  type Command,
  convertResult,
  fieldsOf,
  formatResult,
  openLog,
  parseArgs,
  requireNetns,
} from "../cni/mod.ts";
import { agentOf, ALLOCATION_REFUSED } from "./agent.ts";
import { parseIpamConf } from "./config.ts";
import { asksNetwork } from "./detection.ts";
import type { Holder } from "./give_back.ts";
import { resultOf } from "./result.ts";

const failure = { token: "spiderpool IP allocation error", refusedCode: ALLOCATION_REFUSED };

/** What ADD does beyond files and the agent's socket. */
export interface AddDeps {
  /** Called once nothing is asked of the network. */
  readonly giveAwayFfi: () => void;
}

/** ADD: asks the agent for addresses and prints the abbreviated result that a main plugin takes from its IPAM. */
export function createAdd(deps: AddDeps): Command {
  return (call) => add(call, deps);
}

async function add(call: CniCall, { giveAwayFfi }: AddDeps): Promise<string> {
  const conf = parseIpamConf(call.config);
  requireNetns(call.environment.netns, call.io);
  const settings = { caller: "spiderpool/add.ts", logger: "spiderpool", fields: fieldsOf(call) };
  using log = openLog(conf.log, { call, settings });
  try {
    const args = parseArgs(call.environment.args);
    const podLog = log.child({ PodName: args.podName, PodNamespace: args.podNamespace, PodUID: args.podUid });
    podLog.debug("asks for addresses", { socket: conf.socketPath });
    const { ifname } = call.environment;
    const run = { call, conf, args, log: podLog, untilMs: performance.now() + conf.timeoutMs };
    const response = await allocate(run, conf.timeoutMs);
    let result = resultOf(response, ifname);
    if (asksNetwork(response, ifname)) result = resultOf(await verify(run, response), ifname);
    else giveAwayFfi();
    podLog.info("got addresses", { ips: result.ips, routes: result.routes });
    return formatResult(convertResult(result, call.cniVersion));
  } catch (err) {
    log.error("ADD failed", { err });
    throw err;
  }
}

interface AddRun extends Holder {
  /** When the ADD must have ended, on `performance.now()`. */
  readonly untilMs: number;
}

/** @throws {CniError} also when the answer cannot be used: its addresses were given back then */
async function allocate(run: AddRun, timeoutMs: number): Promise<IpamAddResponse> {
  const response = await askAgent(run, timeoutMs);
  try {
    resultOf(response, run.call.environment.ifname);
    return response;
  } catch (cause) {
    throw await unusable(run, response, cause);
  }
}

async function askAgent({ call, conf, args }: AddRun, timeoutMs: number): Promise<IpamAddResponse> {
  try {
    return await agentOf({ ...conf, timeoutMs }).allocate(addArgs(call, { conf, args }));
  } catch (err) {
    throw agentFailure(err, failure);
  }
}

/** A failed ADD holds nothing: what the agent gave with an answer that nobody can use goes back. */
async function unusable(run: AddRun, response: IpamAddResponse, cause: unknown): Promise<CniError> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const told = `${failure.token}: the agent's answer breaks the contract: ${reason}`;
  const error = new CniError(CniCode.Internal, told, { cause });
  const isOurs = (response.ips ?? []).some(({ nic }) => nic === run.call.environment.ifname);
  if (!isOurs) return error;
  const { giveBackAnswer } = await import("./give_back.ts");
  return await giveBackAnswer(run, response, error);
}

/** What talks to the network is loaded only here: most calls never need it. */
async function verify(run: AddRun, response: IpamAddResponse): Promise<IpamAddResponse> {
  const { verified } = await import("./verify.ts");
  const leftMs = () => Math.max(1, Math.ceil(run.untilMs - performance.now()));
  return await verified({ ...run, allocate: () => allocate(run, leftMs()) }, response);
}

function addArgs({ environment, config }: CniCall, { conf, args }: Pick<AddRun, "conf" | "args">): IpamAddArgs {
  return {
    containerID: environment.containerId,
    ifName: environment.ifname,
    netNamespace: environment.netns,
    networkName: config.name,
    podName: args.podName,
    podNamespace: args.podNamespace,
    podUID: args.podUid,
    defaultIPv4IPPool: conf.defaultIpv4Pools === undefined ? null : [...conf.defaultIpv4Pools],
    defaultIPv6IPPool: conf.defaultIpv6Pools === undefined ? null : [...conf.defaultIpv6Pools],
    cleanGateway: conf.cleanGateway,
    matchMasterSubnet: conf.matchMasterSubnet,
  };
}
