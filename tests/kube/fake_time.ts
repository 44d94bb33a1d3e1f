import type { FakeClock } from "../../net/base/fake_clock.ts";

/** Longest that {@linkcode driven} lets go by, in milliseconds. */
const LONGEST_MS = 600_000;

/** Waits for `promise`; `clock` moves from sleeper to sleeper meanwhile, for at most ten minutes. */
export async function driven<T>(promise: Promise<T>, clock: FakeClock): Promise<T> {
  let ended = false;
  const end = () => void (ended = true);
  promise.then(end, end);
  const untilMs = clock.now() + LONGEST_MS;
  for (await turn(); !ended; await turn()) {
    const next = clock.next() ?? Infinity;
    if (next > untilMs) throw new Error("Cannot go on: the promise is pending after ten minutes");
    clock.advance(next - clock.now());
  }
  return await promise;
}

/** Lets everything run that waits for nothing but promises. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}
