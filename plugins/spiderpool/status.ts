import { type CniCall, CniCode, CniError } from "../cni/mod.ts";
import { agentOf } from "./agent.ts";
import { parseIpamConf } from "./config.ts";

/** STATUS: the plugin can serve ADD when the agent answers. */
export async function status({ config }: CniCall): Promise<string> {
  try {
    await agentOf(parseIpamConf(config)).healthy();
    return "";
  } catch (err) {
    if (err instanceof CniError) throw err;
    const reason = err instanceof Error ? err.message : String(err);
    throw new CniError(CniCode.NotAvailable, `unhealthy spiderpool-agent backend: ${reason}`, { cause: err });
  }
}
