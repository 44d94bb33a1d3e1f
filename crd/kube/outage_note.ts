import type { Log } from "../../net/base/log.ts";
import { KubeConnectionError, KubeTimeoutError } from "./errors.ts";

/** After so many tries in a row that nobody answered it is told: one broken connection is nothing. */
const TOLD_AFTER = 2;

/** Tells once that the API server cannot be reached, and once that it answers again. */
export class OutageNote {
  readonly #log: Log;
  #tries = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** A try has ended with `err`, or with nothing. */
  tried(err: unknown): void {
    if (!(err instanceof KubeConnectionError || err instanceof KubeTimeoutError)) return this.answered();
    if (++this.#tries === TOLD_AFTER) this.#log.warn("cannot reach the api server, tries again", { err });
  }

  /** The server has answered, if only with an error. */
  answered(): void {
    if (this.#tries >= TOLD_AFTER) this.#log.info("reaches the api server again");
    this.#tries = 0;
  }
}
