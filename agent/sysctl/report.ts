import type { Log } from "../../net/base/log.ts";
import type { SysctlOutcome } from "./tune.ts";

/** Logs what was done to the node: one line for each parameter that changed or could not be set. */
export function logSysctls(log: Log, outcomes: readonly SysctlOutcome[]): void {
  for (const outcome of outcomes) logOutcome(log, outcome);
}

function logOutcome(log: Log, outcome: SysctlOutcome): void {
  const sysctl = sysctlName(outcome.key);
  switch (outcome.kind) {
    case "set":
      return log.info("sets a kernel parameter of the node", { sysctl, from: outcome.from, to: outcome.to });
    case "kept":
      return log.debug("leaves a kernel parameter as it is", { sysctl, value: outcome.value });
    case "missing":
      return log.info("skips a kernel parameter: this kernel does not have it", { sysctl });
    case "refused":
      return log.warn(
        "cannot set a kernel parameter: set it on the node, run the container privileged, or set tuneSysctlConfig to false",
        { sysctl, value: outcome.value, err: outcome.err },
      );
    default:
      return outcome satisfies never;
  }
}

/** The name as sysctl(8) prints it: `net.ipv4.conf.all.forwarding`. */
export function sysctlName(key: string): string {
  return key.replaceAll("/", ".");
}
