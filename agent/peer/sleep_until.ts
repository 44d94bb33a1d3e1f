import type { Clock } from "../../net/base/clock.ts";
import type { Monotonic } from "./contract.ts";

/** Resolves when `monotonic` shows `untilMs` or more, however early a timer fires and whatever is done to the clock. */
export async function sleepUntil(
  untilMs: number,
  { clock, monotonic }: { readonly clock: Clock; readonly monotonic: Monotonic },
): Promise<void> {
  for (let leftMs = untilMs - monotonic(); leftMs > 0; leftMs = untilMs - monotonic()) {
    await clock.sleep(Math.ceil(leftMs));
  }
}
