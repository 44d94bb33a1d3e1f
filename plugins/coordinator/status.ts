import { askedForStatus, type CniCall, STATUS_MS } from "../cni/mod.ts";
import { agentOf } from "./agent.ts";
import { agentAddressOf, parseCoordinatorConf } from "./config.ts";
import { isDisabled } from "./merge.ts";

/** STATUS: the plugin can serve ADD when the agent answers. */
export async function status({ config }: CniCall): Promise<string> {
  const conf = parseCoordinatorConf(config);
  if (isDisabled(conf)) return "";
  const { socketPath, timeoutMs } = agentAddressOf(conf);
  const agent = agentOf({ socketPath, timeoutMs: Math.min(timeoutMs, STATUS_MS) });
  await askedForStatus(() => agent.healthy());
  return "";
}
