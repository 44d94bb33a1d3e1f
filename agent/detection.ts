import type { DetectionSettings, IpamAddArgs, IpamAddResponse, IpamService } from "./api/mod.ts";
import { agentDefaults, type Conf } from "./config/conf.ts";

/**
 * `service` with `agent.detection` of conf.yml in its answers to ADD: the plugin, which asks the network, reads no
 * configuration of the agent. Answers that ask for nothing stay as they are.
 *
 * @param conf as of now; asked when an ADD begins
 */
export function withDetection(service: IpamService, conf: () => Conf["agent"]["detection"]): IpamService {
  async function add(args: IpamAddArgs, signal: AbortSignal): Promise<IpamAddResponse> {
    const detection = detectionSettings(conf());
    return told(await service.add(args, signal), detection);
  }
  return {
    add,
    release: (args, signal) => service.release(args, signal),
    releaseBatch: (args, signal) => service.releaseBatch(args, signal),
    explain: (query, signal) => service.explain(query, signal),
    endpoint: (key, signal) => service.endpoint(key, signal),
  };
}

/** What differs from what the plugin does by itself. That there is an answer at all tells it that this is no agent of upstream's. */
export function detectionSettings(conf: Conf["agent"]["detection"]): DetectionSettings {
  return {
    ...(conf.conflictProbes !== agentDefaults.conflictProbes && { conflictProbes: conf.conflictProbes }),
    ...(conf.gatewayProbes !== agentDefaults.gatewayProbes && { gatewayProbes: conf.gatewayProbes }),
    ...(conf.interval !== agentDefaults.probeIntervalMs && { intervalMs: Math.ceil(conf.interval) }),
    ...(conf.linkWait !== agentDefaults.linkWaitMs && { linkWaitMs: Math.ceil(conf.linkWait) }),
    ...(conf.silentGateway === "warn" && { gatewayWarnOnly: true }),
    ...(conf.announce === "always" && { announceAlways: true }),
  };
}

function told(answer: IpamAddResponse, detection: DetectionSettings): IpamAddResponse {
  const asksForDetection = (answer.ips ?? []).some((ip) => ip.enableGatewayDetection || ip.enableIPConflictDetection);
  return asksForDetection || detection.announceAlways ? { ...answer, detection } : answer;
}
