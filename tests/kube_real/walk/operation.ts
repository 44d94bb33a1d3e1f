import type { Call } from "../../kube/call.ts";

/** One step of a walk. Texts may hold `{{symbol}}`. */
export interface Operation {
  readonly call: Call;
  /** Whether controllers may have to do something afterwards. */
  readonly settles: boolean;
  /** Whether this is a watch, read until a write that follows it. */
  readonly watch?: boolean;
}
