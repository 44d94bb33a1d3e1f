import type { PoolView } from "./pool_view.ts";

/** What a writer knows of its pool. */
export interface PoolState {
  readonly pool: string;
  /** The pool as it last was; `undefined` if it was never read, or is gone. */
  readonly view: PoolView | undefined;
  /** Whether {@linkcode view} is what the pool is now, as far as a watch tells. */
  readonly isCurrent: boolean;
  /** Requests that wait for the next write. */
  readonly waiting: number;
}
