import {
  AgentAnswerError,
  type AgentClient,
  AgentUnreachableError,
  ContractError,
  createAgentClient,
  unixExchange,
} from "../../agent/api/mod.ts";
import { CniCode, CniError } from "../cni/mod.ts";
import type { IpamConf } from "./config.ts";

/** The agent refused to give an address: a full or unknown pool, a bad annotation, an unknown Pod. */
export const ALLOCATION_REFUSED = 100;
/** Somebody else in the network has the address, and there is no other. */
export const IP_CONFLICT = 102;
/** The gateway does not answer. */
export const GATEWAY_UNREACHABLE = 103;
/** The network could not be asked: the link has no carrier, or frames cannot be sent. */
export const NETWORK_NOT_ASKED = 104;
/** CHECK found that what the Pod has is not what is recorded. */
export const CHECK_MISMATCH = 101;

/** Event matchers and tests look for these words. */
const UNHEALTHY = "unhealthy spiderpool-agent backend";

/** The client of the configured agent. */
export function agentOf({ socketPath, timeoutMs }: IpamConf): AgentClient {
  return createAgentClient(unixExchange(socketPath, { timeoutMs }));
}

/** How a failed request is told to the runtime. */
export interface FailureWords {
  /** In front of the agent's words, such as `spiderpool IP allocation error`. */
  readonly token: string;
  /** Code of an answer that says no. */
  readonly refusedCode: number;
}

/**
 * The error of a request that failed. An agent that cannot be asked is code 11: the runtime tries again. There is no
 * separate question after its health: a dial that fails says the same.
 */
export function agentFailure(err: unknown, { token, refusedCode }: FailureWords): CniError {
  if (err instanceof CniError) return err;
  if (err instanceof AgentUnreachableError) {
    return new CniError(CniCode.TryAgain, `${UNHEALTHY}: ${err.message}`, { cause: err });
  }
  const reason = err instanceof Error ? err.message : String(err);
  const code = err instanceof AgentAnswerError && err.status === 500 ? refusedCode : CniCode.Internal;
  const told = err instanceof ContractError ? `the agent's answer breaks the contract: ${reason}` : reason;
  return new CniError(code, `${token}: ${told}`, { cause: err });
}
