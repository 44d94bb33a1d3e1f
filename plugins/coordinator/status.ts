import { type CniCall, CniCode, CniError } from "../cni/mod.ts";
import { agentOf } from "./agent.ts";
import { parseCoordinatorConf } from "./config.ts";
import { isDisabled } from "./merge.ts";

/** STATUS: the plugin can serve ADD when the agent answers. */
export async function status({ config }: CniCall): Promise<string> {
  const conf = parseCoordinatorConf(config);
  if (isDisabled(conf)) return "";
  const agent = agentOf(conf);
  try {
    await agent.healthy();
    return "";
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new CniError(CniCode.NotAvailable, `unhealthy spiderpool-agent backend: ${reason}`, { cause: err });
  }
}
