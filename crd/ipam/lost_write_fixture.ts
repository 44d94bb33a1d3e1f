/** Writes of a {@linkcode writerFixture} that are on their way when nobody waits for them any more. */
import { delays } from "./fake_pool_store.ts";
import type { WriterFixture } from "./writer_fixture.ts";

/** A claim of `podUid` whose write is still on its way, and whose caller has gone. */
export function loseClaim(pool: WriterFixture, podUid: string): Promise<void> {
  return lose(pool, (options) => pool.claim(podUid, { options }));
}

/** The same with a release. */
export function loseRelease(pool: WriterFixture, podUid: string): Promise<void> {
  return lose(pool, (options) => pool.release(podUid, { options }));
}

/** Sends a write that may land later, and hangs up. */
async function lose(
  { store, clock }: WriterFixture,
  ask: (options: { signal: AbortSignal }) => Promise<unknown>,
): Promise<void> {
  store.fail("write", delays);
  const caller = new AbortController();
  const outcome = ask({ signal: caller.signal });
  await clock.run(0);
  caller.abort(new RangeError("hung up"));
  await outcome;
  await clock.run(1000);
}
