import type { Clock } from "../net/base/clock.ts";
import { AgentUnreachableError, type Exchange, operations } from "./api/mod.ts";

/** How long a stopping agent is waited for: its own grace for running requests, and some. */
const STOP_LIMIT_MS = 30_000;
const POLL_MS = 100;
const METRIC_TIMEOUT_MS = 10_000;

/**
 * Asks the agent behind `exchange` to stop, and waits until it answers no more.
 *
 * @throws {AgentUnreachableError} when no agent runs
 * @throws {Error} when it refuses, or still runs after 30 s
 */
export async function shutDownAgent(exchange: Exchange, { clock }: { clock: Clock }): Promise<void> {
  const { method, path } = operations.postRuntimeShutdown;
  const answer = await exchange({ method, target: path });
  if (answer.status !== 200) throw new Error(`Cannot stop the agent: it answered ${answer.status}`);
  const until = clock.now() + STOP_LIMIT_MS;
  while (await answers(exchange)) {
    if (clock.now() >= until) throw new Error(`Cannot stop the agent: it still runs after ${STOP_LIMIT_MS / 1000} s`);
    await clock.sleep(POLL_MS);
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
