/** The agents' unix sockets, as the host reaches them. */
import { type AgentClient, createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import type { Node } from "../../scripts/cluster/mod.ts";
import { PATIENCE_MS } from "./patience.ts";

/** In a node. `/var/run` is a link that would lead out of it. */
const SOCKET = "/run/spidernet/spiderpool.sock";

/** Asks the agent of a node what plugins and people ask it. */
export function agentOf(node: Node): AgentClient {
  return createAgentClient(unixExchange(node.hostPath(SOCKET), { timeoutMs: PATIENCE_MS }));
}
