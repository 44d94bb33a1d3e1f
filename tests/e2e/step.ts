/** Steps of the end-to-end test. */
import type { Bed } from "./bed.ts";

/** One step; it leaves nothing behind for the next but what its name says. */
export interface Step {
  readonly name: string;
  readonly run: (bed: Bed) => Promise<void>;
}
