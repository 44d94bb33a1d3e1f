import { type AgentClient, createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import type { IpamConf } from "./config.ts";

/** The agent refused to give an address: a full or unknown pool, a bad annotation, an unknown Pod. */
export const ALLOCATION_REFUSED = 100;
/** Somebody else in the network has the address, and there is no other. */
export const IP_CONFLICT = 102;
/** The gateway does not answer. */
export const GATEWAY_UNREACHABLE = 103;
/** The network could not be asked: the link has no carrier, or frames cannot be sent. */
export const NETWORK_NOT_ASKED = 104;
/** GC: the agent does not know how; upstream's does not. */
export const GC_UNSUPPORTED = 105;
/** CHECK found that what the Pod has is not what is recorded. */
export const CHECK_MISMATCH = 101;

/** The client of the configured agent. */
export function agentOf({ socketPath, timeoutMs }: IpamConf): AgentClient {
  return createAgentClient(unixExchange(socketPath, { timeoutMs }));
}
