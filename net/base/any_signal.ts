/** A signal that follows others until it is disposed. */
export interface FollowingSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that is aborted as soon as one of `sources` is, with its reason. Disposing it ends that, and lets go of the sources.
 *
 * Instead of `AbortSignal.any`: in Deno 2.7 the garbage collector takes its result although somebody listens to it, and what
 * was to stop goes on for ever.
 *
 * @example
 * ```ts
 * using either = anySignal([caller, stop.signal]);
 * await fetch(url, { signal: either.signal });
 * ```
 */
export function anySignal(sources: readonly AbortSignal[]): FollowingSignal {
  const follower = new AbortController();
  const cleanups: (() => void)[] = [];
  const dispose = () => cleanups.splice(0).forEach((cleanup) => cleanup());
  for (const source of sources) {
    if (source.aborted) follower.abort(source.reason);
    if (follower.signal.aborted) break;
    const follow = () => {
      dispose();
      follower.abort(source.reason);
    };
    source.addEventListener("abort", follow, { once: true });
    cleanups.push(() => source.removeEventListener("abort", follow));
  }
  if (follower.signal.aborted) dispose();
  return { signal: follower.signal, [Symbol.dispose]: dispose };
}
