/** Runs a reconciler on the keys of a {@linkcode WorkQueue}. */
import type { Log } from "../../net/base/log.ts";
import type { WorkQueue } from "./workqueue.ts";

/** Outcome of a reconcile that did not fail. */
export interface ReconcileResult {
  /** Work on the key again after this many milliseconds; absent: when something changes. */
  readonly requeueAfterMs?: number | undefined;
}

/**
 * Makes the world as the object `key` names wants it. Called with one key at most once at a time; safe to call again.
 *
 * @throws {TerminalError} if trying again cannot help; anything else is tried again with growing pauses
 */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<ReconcileResult>;

/** Trying again cannot help until the object changes. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** Options of {@linkcode runWorkers}. */
export interface WorkersOptions {
  /** Keys worked on at once. @default 1 */
  readonly concurrency?: number | undefined;
  readonly log: Log;
  /** Ends the workers: running reconciles get it, no further key is taken. */
  readonly signal: AbortSignal;
}

/**
 * Works on the queue until `signal` is aborted.
 *
 * @returns when the last running reconcile has ended
 * @throws {RangeError} if `concurrency` is not a positive integer
 */
export async function runWorkers(queue: WorkQueue, reconcile: Reconcile, options: WorkersOptions): Promise<void> {
  const { concurrency = 1 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`Cannot run workers: concurrency must be a positive integer: ${concurrency}`);
  }
  await Promise.all(Array.from({ length: concurrency }, () => runWorker(queue, reconcile, options)));
}

async function runWorker(queue: WorkQueue, reconcile: Reconcile, { log, signal }: WorkersOptions): Promise<void> {
  while (!signal.aborted) {
    const key = await takeUnlessAborted(queue, signal);
    if (key === undefined) return;
    try {
      settle(queue, { key, result: await reconcile(key, signal) });
    } catch (err) {
      retry(queue, { key, err, log, signal });
    } finally {
      queue.done(key);
    }
  }
}

async function takeUnlessAborted(queue: WorkQueue, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await queue.take(signal);
  } catch (err) {
    if (signal.aborted) return undefined;
    throw err;
  }
}

function settle(queue: WorkQueue, { key, result }: { key: string; result: ReconcileResult }): void {
  queue.forget(key);
  if (result.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
}

interface Failure {
  readonly key: string;
  readonly err: unknown;
  readonly log: Log;
  readonly signal: AbortSignal;
}

function retry(queue: WorkQueue, { key, err, log, signal }: Failure): void {
  if (signal.aborted) return queue.add(key); // not a failure of the key: it stays to be done by whoever runs next
  if (err instanceof TerminalError) {
    queue.forget(key);
    log.error("reconcile failed for good", { key, err });
    return;
  }
  queue.addRateLimited(key);
  log.warn("reconcile failed", { key, err, failures: queue.failures(key) });
}
