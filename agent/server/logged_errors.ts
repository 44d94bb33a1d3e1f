import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { ContractError, type OperationName } from "../api/mod.ts";
import { QuietLog } from "./quiet_log.ts";
import type { OperationHandler, OperationHandlers } from "./router.ts";

/** Their errors are logged with the attachment and the time it took; see handlers.ts. */
const tellThemselves: readonly string[] = ["postIpamIP", "deleteIpamIP", "deleteIpamIps"];

/**
 * Handlers whose failures are in the log, each once. What the caller did wrong (`ContractError`) it is told itself, and one that
 * hung up does not matter.
 */
export function loggedErrors(
  handlers: OperationHandlers,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): OperationHandlers {
  const quiet = new QuietLog({ log, clock });

  function logged(name: string, handler: OperationHandler): OperationHandler {
    return async (request, signal) => {
      try {
        return await handler(request, signal);
      } catch (err) {
        const isOurs = !(err instanceof ContractError) && !signal.aborted;
        if (isOurs) quiet.warn(log, "refused request", { operation: name, query: request.query.toString(), err });
        throw err;
      }
    };
  }
  const entries = Object.entries(handlers) as [OperationName, OperationHandler][];
  return Object.fromEntries(
    entries.map(([name, handler]) => [name, tellThemselves.includes(name) ? handler : logged(name, handler)]),
  );
}
