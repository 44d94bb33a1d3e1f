import type { AgentClient, FamilyCapacity } from "../../agent/api/mod.ts";
import { askedForStatus, type CniCall, CniCode, CniError, STATUS_MS } from "../cni/mod.ts";
import { agentOf } from "./agent.ts";
import { type IpamConf, parseIpamConf } from "./config.ts";

/**
 * STATUS: the plugin can serve ADD when the agent answers. With `status_checks_pools` also its pools must have a free
 * address. Pods that run are never limited by any of it, so there is no code 51.
 */
export async function status({ config }: CniCall): Promise<string> {
  const conf = parseIpamConf(config);
  const agent = agentOf({ ...conf, timeoutMs: Math.min(conf.timeoutMs, STATUS_MS) });
  await askedForStatus(() => agent.healthy());
  if (conf.statusChecksPools) await requireFree(agent, conf);
  return "";
}

/** An agent that cannot tell, as upstream's, is not held against the node. */
async function requireFree(
  agent: AgentClient,
  { defaultIpv4Pools = [], defaultIpv6Pools = [] }: IpamConf,
): Promise<void> {
  const query = { defaultIPv4IPPool: defaultIpv4Pools, defaultIPv6IPPool: defaultIpv6Pools };
  const capacity = await askedForStatus(() => agent.capacity(query));
  const full = capacity?.families.filter(({ hasFree }) => !hasFree) ?? [];
  if (full.length === 0) return;
  throw new CniError(CniCode.NotAvailable, `no free IP address: ${full.map(fullText).join("; ")}`);
}

function fullText({ version, pools }: FamilyCapacity): string {
  return `IPv${version} of ${pools.map((name) => JSON.stringify(name)).join(", ")}`;
}
