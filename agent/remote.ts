import type { Clock } from "../net/base/clock.ts";
import { AgentUnreachableError, type Exchange, operations } from "./api/mod.ts";
import { holderOfNode, STOP_MS } from "./lifecycle/mod.ts";

/** How long a stopping agent is waited for: until it gives up itself, and some. */
const STOP_LIMIT_MS = STOP_MS + 1_000;
const POLL_MS = 100;
const METRIC_TIMEOUT_MS = 10_000;

/** The agent was told to stop, and has not ended. */
export class AgentRunsOnError extends Error {
  override readonly name = "AgentRunsOnError";

  constructor(readonly limitMs: number) {
    super(
      `Cannot stop the agent: it still runs after ${limitMs / 1000} s; look at its log for requests that do not end`,
    );
  }
}

/**
 * Asks the agent behind `exchange` to stop, and waits until its last request has ended: until it gives `lock` up, which
 * the next agent may have by then. One that has no lock (upstream's) has ended when it answers no more.
 *
 * @throws {AgentUnreachableError} when no agent runs
 * @throws {AgentRunsOnError} when it still runs after 43 s
 * @throws {Error} when it refuses
 */
export async function shutDownAgent(
  exchange: Exchange,
  { clock, lock }: { readonly clock: Clock; readonly lock: string },
): Promise<void> {
  const holder = holderOfNode(lock);
  const { method, path } = operations.postRuntimeShutdown;
  const answer = await exchange({ method, target: path });
  if (answer.status !== 200) throw new Error(`Cannot stop the agent: it answered ${answer.status}`);
  for (let waitedMs = 0; holder === undefined ? await answers(exchange) : holderOfNode(lock) === holder;) {
    if (waitedMs >= STOP_LIMIT_MS) throw new AgentRunsOnError(STOP_LIMIT_MS);
    await clock.sleep(POLL_MS);
    waitedMs += POLL_MS;
  }
}

/**
 * Reads the metrics of the agent on this host.
 *
 * @param port TCP port
 * @throws {Error} when nobody answers there, or with an error
 */
export async function readMetrics(port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}/metrics`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(METRIC_TIMEOUT_MS) });
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(`it answered ${response.status}`);
  } catch (err) {
    const inner = err instanceof Error && err.cause instanceof Error ? err.cause : err; // fetch says only that it failed
    const reason = inner instanceof Error ? inner.message : String(inner);
    const hint = "are metrics switched on with SPIDERPOOL_ENABLED_METRIC?";
    throw new Error(`Cannot read metrics from ${url}: ${reason}; ${hint}`, { cause: err });
  }
}

async function answers(exchange: Exchange): Promise<boolean> {
  const { method, path } = operations.getIpamHealthy;
  try {
    await exchange({ method, target: path });
    return true;
  } catch (err) {
    if (err instanceof AgentUnreachableError) return false;
    throw err;
  }
}
