import type { HttpResponse } from "./http.ts";
import type { OperationHandlers } from "./router.ts";

/** What the probes look at. */
export interface HealthDeps {
  /** Whether start-up is over. */
  readonly started: () => boolean;
  /** Whether addresses can be given now: caches synced, queue running. */
  readonly ready: () => boolean;
  /** Asks the unix socket, as a plugin would. */
  readonly askSocket: () => Promise<void>;
}

/**
 * The operations of the TCP port. Liveness looks at the socket alone, so that an outage of the API server restarts no
 * agent; readiness also at {@linkcode HealthDeps.ready}. Both answers are empty.
 */
export function createHealthHandlers({ started, ready, askSocket }: HealthDeps): OperationHandlers {
  const socketAnswers = () => askSocket().then(() => true, () => false);
  return {
    getRuntimeStartup: () => Promise.resolve(verdict(started())),
    getRuntimeReadiness: async () => verdict(started() && ready() && await socketAnswers()),
    getRuntimeLiveness: async () => verdict(await socketAnswers()),
  };
}

function verdict(well: boolean): HttpResponse {
  return { status: well ? 200 : 500 };
}
