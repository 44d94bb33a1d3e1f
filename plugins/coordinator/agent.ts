import { type AgentClient, type CoordinatorConfig, createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import { type AgentAddress, agentFailure, type CniCall, parseArgs } from "../cni/mod.ts";
import { agentAddressOf, type CoordinatorConf } from "./config.ts";

/** The agent refused: no SpiderCoordinator, one that is not synced, an unknown Pod. */
export const CONFIG_REFUSED = 100;
/** CHECK found that something is not as it should be. */
export const CHECK_MISMATCH = 101;

const failure = { token: "failed to GetCoordinatorConfig", refusedCode: CONFIG_REFUSED };

/** The client of the agent there. */
export function agentOf({ socketPath, timeoutMs }: AgentAddress): AgentClient {
  return createAgentClient(unixExchange(socketPath, { timeoutMs }));
}

/** What the agent says for the Pod of the call. @throws {CniError} code 11 when it cannot be asked, 100 when it refuses */
export async function agentConfigOf(call: CniCall, conf: CoordinatorConf): Promise<CoordinatorConfig> {
  const { podName, podNamespace } = parseArgs(call.environment.args);
  const agent = agentOf(agentAddressOf(conf));
  try {
    return await agent.coordinatorConfig({ podName, podNamespace });
  } catch (err) {
    throw agentFailure(err, failure);
  }
}
