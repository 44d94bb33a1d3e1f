import { systemClock } from "../../net/base/clock.ts";
import type { AddingAgent, BenchPod } from "./bench_agent.ts";
import { forEachLimited } from "./limited.ts";

/** What the runtimes of all nodes are to do, at the same time. */
export interface Work {
  readonly adds: readonly BenchPod[];
  readonly dels: readonly BenchPod[];
}

/** How they do it. */
export interface PhaseOptions {
  /** ADDs, and as many DELs, at a time: on each node, or on all nodes together. */
  readonly concurrency: number;
  /** @default "each node" */
  readonly over?: "each node" | "all nodes";
  /** Mean pause before a runtime asks again for what failed, in milliseconds. */
  readonly retryMs: number;
  /** After this time nothing is begun and what runs is cancelled, in milliseconds. */
  readonly limitMs: number;
}

/** What came of it. */
export interface PhaseOutcome {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** From the first request for a Pod to its success, in milliseconds. */
  readonly addMs: readonly number[];
  readonly delMs: readonly number[];
  /** From each request for a Pod to its answer, whichever that was, in milliseconds. */
  readonly callMs: readonly number[];
  /** Pods that have their addresses. */
  readonly added: readonly BenchPod[];
  /** Requests that failed; each was made again after a pause. */
  readonly failures: number;
  /** Those of them that were DELs. */
  readonly failedDels: number;
  /** Why the first one did. */
  readonly firstFailure: string | undefined;
  /** Operations that did not come to their end in time. */
  readonly unfinished: number;
}

/** Does `work` as the runtimes of many nodes would. */
export async function runPhase(
  agents: readonly AddingAgent[],
  work: Work,
  options: PhaseOptions,
): Promise<PhaseOutcome> {
  const run = new PhaseRun(options);
  const start = performance.now();
  const timer = setTimeout(() => run.stop(), options.limitMs);
  try {
    const shares = options.over === "all nodes" ? [work] : agents.map((_, index) => shareOf(work, index));
    await Promise.all(shares.flatMap(({ adds, dels }) => [
      forEachLimited(adds, options.concurrency, (pod) => run.add(agents, pod)),
      forEachLimited(dels, options.concurrency, (pod) => run.release(agents, pod)),
    ]));
  } finally {
    clearTimeout(timer);
  }
  const seconds = (performance.now() - start) / 1000;
  const unfinished = work.adds.length + work.dels.length - run.addMs.length - run.delMs.length;
  const { addMs, delMs, callMs, added, failures, failedDels, firstFailure } = run;
  return { seconds, addMs, delMs, callMs, added, failures, failedDels, firstFailure, unfinished };
}

function shareOf({ adds, dels }: Work, index: number): Work {
  return { adds: adds.filter(({ agent }) => agent === index), dels: dels.filter(({ agent }) => agent === index) };
}

/** One phase while it runs. */
class PhaseRun {
  readonly addMs: number[] = [];
  readonly delMs: number[] = [];
  readonly callMs: number[] = [];
  readonly added: BenchPod[] = [];
  failures = 0;
  failedDels = 0;
  firstFailure: string | undefined;
  readonly #retryMs: number;
  readonly #stop = new AbortController();
  /** One a request: a signal that outlives thousands of requests would cost more with each. */
  readonly #running = new Set<AbortController>();

  constructor({ retryMs }: PhaseOptions) {
    this.#retryMs = retryMs;
  }

  stop(): void {
    const reason = new Error("the time of the measurement is over");
    this.#stop.abort(reason);
    for (const request of this.#running) request.abort(reason);
  }

  async add(agents: readonly AddingAgent[], pod: BenchPod): Promise<void> {
    const ms = await this.#untilDone(async (signal) => {
      const start = performance.now();
      try {
        await agents[pod.agent]!.add(pod, signal);
      } finally {
        this.callMs.push(performance.now() - start);
      }
    });
    if (ms === undefined) return;
    this.addMs.push(ms);
    this.added.push(pod);
  }

  async release(agents: readonly AddingAgent[], pod: BenchPod): Promise<void> {
    const ms = await this.#untilDone(async (signal) => {
      try {
        await agents[pod.agent]!.release(pod, signal);
      } catch (err) {
        if (!signal.aborted) this.failedDels++;
        throw err;
      }
    });
    if (ms !== undefined) this.delMs.push(ms);
  }

  /** Milliseconds that it took; `undefined` when time was over before. */
  async #untilDone(request: (signal: AbortSignal) => Promise<void>): Promise<number | undefined> {
    const start = performance.now();
    while (!this.#stop.signal.aborted) {
      if (await this.#succeeds(request)) return performance.now() - start;
      await systemClock.sleep(this.#retryMs * (0.5 + Math.random()), this.#stop.signal).catch(() => undefined);
    }
    return undefined;
  }

  async #succeeds(request: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      await request(controller.signal);
      return true;
    } catch (err) {
      if (!controller.signal.aborted) {
        this.failures++;
        this.firstFailure ??= err instanceof Error ? err.message : String(err);
      }
      return false;
    } finally {
      this.#running.delete(controller);
    }
  }
}
