import type { Clock } from "../../net/base/clock.ts";

interface Sleeper {
  readonly at: number;
  /** Order among sleepers of the same time. */
  readonly order: number;
  /** Absent when the sleep was given up. */
  wake: (() => void) | undefined;
}

/**
 * A clock that wakes one sleeper at a time, in the order of their times, then of their calls. It does what `FakeClock`
 * does, with a heap: a simulation has some hundred sleepers and wakes a million times.
 */
export class SimClock implements Clock {
  #now: number;
  #order = 0;
  readonly #heap: Sleeper[] = [];

  /** @param startMs first value of {@linkcode now} */
  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper: Sleeper = { at: this.#now + (ms > 0 ? ms : 0), order: this.#order++, wake };
      signal?.addEventListener("abort", cancel, { once: true });
      if (sleeper.at < Infinity) push(this.#heap, sleeper);

      function wake(): void {
        signal?.removeEventListener("abort", cancel);
        resolve();
      }
      function cancel(): void {
        sleeper.wake = undefined;
        reject(signal?.reason);
      }
    });
  }

  /** Moves time to the next sleeper and wakes it. @returns whether there was one */
  step(): boolean {
    for (let next = pop(this.#heap); next !== undefined; next = pop(this.#heap)) {
      if (next.wake === undefined) continue;
      this.#now = next.at;
      next.wake();
      return true;
    }
    return false;
  }
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Sleeper[], sleeper: Sleeper): void {
  let at = heap.length;
  heap.push(sleeper);
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(sleeper, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = sleeper;
}

function pop(heap: Sleeper[]): Sleeper | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const below = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
    if (!isBefore(heap[below]!, last)) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = last;
  return first;
}
