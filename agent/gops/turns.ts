import type { Clock } from "../../net/base/clock.ts";
import type { Command } from "./commands.ts";

/** A command with a cost was asked for while another one runs. */
export class CommandBusyError extends Error {
  override readonly name = "CommandBusyError";
  constructor(readonly command: string, readonly running: string) {
    super(`Cannot run ${command}: ${running} runs; ask again when it has ended`);
  }
}

/** A rest is that many times as long as the agent stood still: callers on loopback never get more of it than a share. */
const REST_FACTOR = 10;
const MAX_REST_MS = 60_000;

/** Lets one command with a cost run at a time. */
export class Turns {
  readonly #clock: Clock;
  readonly #monotonicMs: () => number;
  #running: string | undefined;
  #restUntilMs = 0;

  /** @param monotonicMs a clock that never steps, in milliseconds */
  constructor(clock: Clock, monotonicMs: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Runs the command, after the rest that the one before earned.
   *
   * @throws {CommandBusyError} while another one runs or waits
   */
  async take(
    { name, cost }: Pick<Command, "name" | "cost">,
    { run, signal }: { readonly run: () => Promise<void>; readonly signal: AbortSignal },
  ): Promise<void> {
    if (cost === undefined) return await run();
    if (this.#running !== undefined) throw new CommandBusyError(name, this.#running);
    this.#running = name;
    try {
      const restMs = this.#restUntilMs - this.#monotonicMs();
      if (restMs > 0) await this.#clock.sleep(restMs, signal);
      const startedMs = this.#monotonicMs();
      await run();
      if (cost === "blocking") this.#restAfter(this.#monotonicMs() - startedMs);
    } finally {
      this.#running = undefined;
    }
  }

  #restAfter(busyMs: number): void {
    this.#restUntilMs = this.#monotonicMs() + Math.min(MAX_REST_MS, busyMs * REST_FACTOR);
  }
}
