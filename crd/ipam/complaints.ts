import type { Log } from "../../net/base/log.ts";
import type { PoolRecords } from "./records.ts";

/** Keys that one log line names. */
const MAX_NAMED = 8;

/** Logs what is wrong with one pool: once, as long as that stays the same. */
export class Complaints {
  readonly #pool: string;
  readonly #log: Log;
  #last = "";

  constructor(pool: string, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  /** The pool cannot be read at all. */
  unreadable(err: Error): void {
    if (this.#isNew(err.message)) this.#log.error("cannot read pool", { pool: this.#pool, err });
  }

  /** The pool was read; some of its records may make no sense. */
  read({ malformed }: PoolRecords): void {
    if (!this.#isNew(malformed.join())) return;
    const fields = { pool: this.#pool, count: malformed.length, keys: malformed.slice(0, MAX_NAMED) };
    this.#log.warn("records of a pool make no sense: they stay, and their addresses are free for nobody", fields);
  }

  /** Whether `trouble` is another than the last time; nothing is no trouble. */
  #isNew(trouble: string): boolean {
    const isNew = trouble !== this.#last && trouble !== "";
    this.#last = trouble;
    return isNew;
  }
}
