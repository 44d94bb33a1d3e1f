import { anySignal } from "../../net/base/any_signal.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { discard } from "../../crd/kube/body.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { Deadline } from "../../crd/kube/deadline.ts";
import { API_SERVER_ANSWER_MS, API_SERVER_MS, API_SERVER_PAUSE_MS } from "./budgets.ts";

const PATH = "/readyz";

/** Why waiting ends; made known only where nobody waits any more. */
const answered = new Error("Cannot wait on: the API server has answered");

/** The API server was not ready in time. */
export class ApiServerNotReadyError extends Error {
  override readonly name = "ApiServerNotReadyError";

  /** @param problem what it answered last, or why it did not */
  constructor(readonly problem: string, waitedMs: number) {
    super(
      `Cannot start: the API server was not ready within ${waitedMs / 1000} s, last: ${problem}; ` +
        "look whether it runs and can be reached from this node",
    );
  }
}

/** How to wait for the API server. */
export interface ApiServerWait {
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal;
  /** @default API_SERVER_MS */
  readonly limitMs?: number;
}

/**
 * Waits until the API server says that it is ready: asked at once, then with pauses of two seconds. A server that
 * forbids the question (403) is there, and that is enough.
 *
 * @throws {ApiServerNotReadyError} when time is up
 */
export async function waitForApiServer(transport: KubeTransport, wait: ApiServerWait): Promise<void> {
  const { clock, log, signal, limitMs = API_SERVER_MS } = wait;
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(limitMs, done.signal).then(() => late.abort(), () => undefined); // steps of the clock do not count
  using either = anySignal([signal, late.signal]);
  let problem: string | undefined = "it did not answer";
  try {
    for (let tries = 0;; tries++) {
      problem = await problemOf(transport, { clock, signal: either.signal });
      if (problem === undefined) return;
      if (tries === 0) log.warn("waits for the API server", { err: problem, limitMs });
      await clock.sleep(API_SERVER_PAUSE_MS, either.signal);
    }
  } catch (err) {
    if (signal.aborted || !late.signal.aborted) throw err;
    throw new ApiServerNotReadyError(problem ?? "", limitMs);
  } finally {
    done.abort(answered);
  }
}

/** What keeps the server from being used; `undefined` when nothing does. */
async function problemOf(
  transport: KubeTransport,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const request = `GET ${PATH}`;
  using deadline = new Deadline({ clock, timeoutMs: API_SERVER_ANSWER_MS, signal, request });
  try {
    const { status, body } = await transport.request({ method: "GET", path: PATH, signal: deadline.signal });
    discard(body);
    return status < 300 || status === 403 ? undefined : `${request} answered ${status}`;
  } catch (err) {
    signal.throwIfAborted();
    return err instanceof Error ? err.message : String(err);
  }
}
