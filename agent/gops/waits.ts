/** What somebody in this process waits for. */
export interface Wait {
  /** `request` of a plugin, `api` for an answer of the API server, `timer` for the clock. */
  readonly kind: "request" | "api" | "timer";
  /** Such as `ADD`, `GET /api/v1/pods` or `sleep 30s`. */
  readonly what: string;
  /** What tells it from others of its kind. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Taken where the wait began; its frames are formatted only when somebody asks. */
  readonly origin?: Error;
}

/** A {@linkcode Wait} with its number and its age. */
export interface WaitUnderWay extends Wait {
  /** Counts up from 1 while the process runs. */
  readonly id: number;
  readonly ageMs: number;
}

/**
 * All that is waited for right now: what a process of one thread has in place of the stacks of its goroutines. JavaScript
 * cannot list promises, so whoever begins a wait says so here.
 */
export class Waits {
  readonly #running = new Map<number, { readonly wait: Wait; readonly sinceMs: number }>();
  readonly #nowMs: () => number;
  #lastId = 0;

  /** @param nowMs a clock that never steps, in milliseconds */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Waits for `promise` under the name `wait`. */
  async during<T>(wait: Wait, promise: Promise<T>): Promise<T> {
    const id = ++this.#lastId;
    this.#running.set(id, { wait, sinceMs: this.#nowMs() });
    try {
      return await promise;
    } finally {
      this.#running.delete(id);
    }
  }

  /** What is under way, the oldest first. */
  list(): WaitUnderWay[] {
    const nowMs = this.#nowMs();
    return [...this.#running].map(([id, { wait, sinceMs }]) => ({ ...wait, id, ageMs: nowMs - sinceMs }));
  }

  /** How many there are of each kind. */
  counts(): Readonly<Record<Wait["kind"], number>> {
    const counts = { request: 0, api: 0, timer: 0 };
    for (const { wait } of this.#running.values()) counts[wait.kind]++;
    return counts;
  }
}
