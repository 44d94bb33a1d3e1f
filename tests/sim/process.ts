import type { Clock } from "../../net/base/clock.ts";
import type { SimClock } from "./sim_clock.ts";

/**
 * One life of an agent. After {@linkcode kill} nothing it waits for ever comes: neither time, nor answers, nor its
 * journal. What it has sent may still arrive elsewhere.
 */
export class Process {
  #isAlive = true;
  #fuse = Infinity;
  readonly #ended = Promise.withResolvers<never>();
  readonly #onKill: (() => void)[] = [];

  constructor() {
    this.#ended.promise.catch(() => undefined);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Rejects when the process is killed. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Lets the process die at its `steps`-th next {@linkcode step}. */
  light(steps: number): void {
    this.#fuse = steps;
  }

  /** A point between two steps, at which the process may die. @returns whether it lives on */
  step(): boolean {
    if (this.#isAlive && this.#fuse-- <= 0) this.kill();
    return this.#isAlive;
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const action of this.#onKill.splice(0)) action();
    this.#ended.reject(new ProcessKilledError());
  }

  /** Runs `action` when the process is killed. @returns a function that takes it back */
  onKill(action: () => void): () => void {
    this.#onKill.push(action);
    return () => {
      const at = this.#onKill.indexOf(action);
      if (at >= 0) this.#onKill.splice(at, 1);
    };
  }

  /** `promise` as the process sees it: it never settles for a dead one. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.#isAlive && resolve(value),
        (err) => this.#isAlive && reject(err),
      );
    });
  }

  /** `clock` as the process sees it, `skewMs` ahead. */
  clock(clock: SimClock, skewMs: () => number = () => 0): Clock {
    return { now: () => clock.now() + skewMs(), sleep: (ms, signal) => this.guard(clock.sleep(ms, signal)) };
  }
}

/** The agent was killed while it worked on a request. */
export class ProcessKilledError extends Error {
  override readonly name = "ProcessKilledError";
  constructor() {
    super("Cannot go on: the agent was killed");
  }
}
