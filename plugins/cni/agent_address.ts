import { CniCode, CniError } from "./errors.ts";

/** Where the agent serves unless the configuration names another place. */
const DEFAULT_SOCKET = "/var/run/spidernet/spiderpool.sock";

/** Longest time that a timer can wait: one for longer ends at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Keys of a configuration that say how to reach the agent, as given. */
export interface AgentKeys {
  readonly ipam_unix_socket_path?: string;
  readonly agent_timeout_ms?: number;
}

/** Where the agent is, and how long to wait for one answer. */
export interface AgentAddress {
  readonly socketPath: string;
  /** In milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Reads these keys.
 *
 * @param defaultTimeoutMs where the configuration says none, in milliseconds
 * @throws {CniError} code 7 for a time that cannot be waited for
 */
export function agentAddressIn(keys: AgentKeys, defaultTimeoutMs: number): AgentAddress {
  const { agent_timeout_ms: timeoutMs = defaultTimeoutMs, ipam_unix_socket_path: path } = keys;
  if (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
    const told = `Cannot use agent_timeout_ms ${timeoutMs}: it must be 1–${MAX_TIMEOUT_MS}`;
    throw new CniError(CniCode.InvalidConfig, told);
  }
  return { socketPath: path || DEFAULT_SOCKET, timeoutMs };
}
