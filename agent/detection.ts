import type { DetectionSettings, IpamAddResponse, IpamService } from "./api/mod.ts";
import { agentDefaults, type Conf } from "./config/conf.ts";

/**
 * `service` with `agent.detection` of conf.yml in its answers to ADD: the plugin, which asks the network, reads no
 * configuration of the agent. Answers that ask for nothing stay as they are.
 */
export function withDetection(service: IpamService, conf: Conf["agent"]["detection"]): IpamService {
  const detection = detectionSettings(conf);
  return {
    add: async (args, signal) => told(await service.add(args, signal), detection),
    release: (args, signal) => service.release(args, signal),
    releaseBatch: (args, signal) => service.releaseBatch(args, signal),
    explain: (query, signal) => service.explain(query, signal),
    endpoint: (key, signal) => service.endpoint(key, signal),
  };
}

/** What differs from what the plugin does by itself; `undefined` when nothing does. */
export function detectionSettings(conf: Conf["agent"]["detection"]): DetectionSettings | undefined {
  const settings: DetectionSettings = {
    ...(conf.conflictProbes !== agentDefaults.conflictProbes && { conflictProbes: conf.conflictProbes }),
    ...(conf.gatewayProbes !== agentDefaults.gatewayProbes && { gatewayProbes: conf.gatewayProbes }),
    ...(conf.interval !== agentDefaults.probeIntervalMs && { intervalMs: Math.ceil(conf.interval) }),
    ...(conf.linkWait !== agentDefaults.linkWaitMs && { linkWaitMs: Math.ceil(conf.linkWait) }),
    ...(conf.silentGateway === "warn" && { gatewayWarnOnly: true }),
    ...(conf.announce === "always" && { announceAlways: true }),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

function told(answer: IpamAddResponse, detection: DetectionSettings | undefined): IpamAddResponse {
  if (detection === undefined) return answer;
  const asksForDetection = (answer.ips ?? []).some((ip) => ip.enableGatewayDetection || ip.enableIPConflictDetection);
  return asksForDetection || detection.announceAlways ? { ...answer, detection } : answer;
}
