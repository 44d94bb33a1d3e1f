import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import type { Admission } from "./admission.ts";
import type { FaultPlan, FaultRequest } from "./faults.ts";

/** How an {@linkcode EmbeddedApi} behaves. */
export interface EmbeddedApiOptions {
  /** Timestamps, bookmarks, timeouts and latencies. */
  readonly clock: Clock;
  /** UIDs, generated names, watch timeouts. */
  readonly random: Random;
  /** Parsed CustomResourceDefinition objects installed at start. */
  readonly crds?: readonly unknown[];
  /** What goes wrong; see {@linkcode EmbeddedApi.setFaults}. @default nothing */
  readonly faults?: FaultPlan;
  /** Called between defaulting and validation of each write. @default admits everything */
  readonly admission?: Admission;
  /** Told about each request when its answer starts, lost ones included. */
  readonly observe?: (request: ObservedRequest) => void;
  /** Events kept per resource: older resourceVersions are answered 410. @default 1000 */
  readonly historyEvents?: number;
  /** Bytes of event objects kept per resource. @default 67108864 */
  readonly historyBytes?: number;
  /** Milliseconds between bookmarks of a watch that asked for them. @default 60000 */
  readonly bookmarkIntervalMs?: number;
  /**
   * Since when `metadata.managedFields` says who owns what: `always`, as real servers do, or only from an object's first
   * server-side apply on, which is faster. @default "from-first-apply"
   */
  readonly fieldOwnership?: "always" | "from-first-apply";
  /** Whether owner garbage collection and namespace deletion run. @default true */
  readonly controllers?: boolean;
}

/** One answered request, for counting. */
export interface ObservedRequest extends FaultRequest {
  /** HTTP status; 0 when the answer was lost. */
  readonly status: number;
  /** UTF-16 units of the request body: equals bytes for ASCII. */
  readonly requestLength: number;
  /** UTF-16 units of the answer; 0 for watches. */
  readonly responseLength: number;
}
