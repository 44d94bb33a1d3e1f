import { AgentAnswerError, AgentUnreachableError, ContractError } from "../../agent/api/mod.ts";
import { CniCode, CniError } from "./errors.ts";

/** Event matchers and tests look for these words. */
const UNHEALTHY = "unhealthy spiderpool-agent backend";

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

/** How long the agent may take to answer a STATUS, in milliseconds: a runtime asks every few seconds. */
export const STATUS_MS = 10_000;

/** What the agent says, for STATUS. @throws {CniError} code 50 for whatever goes wrong */
export async function askedForStatus<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new CniError(CniCode.NotAvailable, `${UNHEALTHY}: ${reason}`, { cause: err });
  }
}
