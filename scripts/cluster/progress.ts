/** How far a build is, as values. */

/** Share of the work a linked program counts for, in packages: linking takes about as long as compiling this many. */
export const LINK_WEIGHT = 15;

/** A point in a build. */
export interface Progress {
  /** Units of work done since the start of this build. */
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

/** Time left, in milliseconds, if the rest goes as fast; `undefined` until enough is done to tell. */
export function remainingMs({ done, total, elapsedMs }: Progress): number | undefined {
  if (done >= total) return 0;
  return done < total / 50 ? undefined : Math.round(elapsedMs * (total - done) / done);
}

/** One line about a build, such as `27 %, 2 min 10 s, about 5 min 40 s left`. */
export function progressLine(progress: Progress): string {
  const left = remainingMs(progress);
  const rest = left === undefined ? "" : `, about ${formatDuration(left)} left`;
  const percent = Math.min(100, Math.floor(100 * progress.done / Math.max(1, progress.total)));
  return `${percent} %, ${formatDuration(progress.elapsedMs)}${rest}`;
}

/** Formats milliseconds for people: `0.4 s`, `12 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
