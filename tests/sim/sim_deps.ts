import type { Checker } from "./checker.ts";
import type { Cluster } from "./cluster.ts";
import type { Drag } from "./drag.ts";
import type { EndSandbox } from "./sandboxes.ts";
import type { SimClock } from "./sim_clock.ts";
import type { Tasks } from "./tasks.ts";
import type { Trace } from "./trace.ts";

/** What every actor of the simulation works with. */
export interface SimDeps {
  readonly cluster: Cluster;
  readonly clock: SimClock;
  readonly trace: Trace;
  readonly checker: Checker;
  readonly tasks: Tasks;
  readonly drag: Drag;
  /** All sandboxes that were ended, oldest first. */
  readonly ended: EndSandbox[];
}
