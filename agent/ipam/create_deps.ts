import type { Access } from "./access.ts";
import type { QuarantineNote } from "./conflict.ts";
import type { IpamDeps } from "./deps.ts";
import { EndpointStore } from "./endpoint_store.ts";
import type { IpamOptions } from "./ipam_options.ts";
import { OwedFailures } from "./owed_failures.ts";
import type { Reporting } from "./reporting.ts";
import { RunningAdds } from "./running_adds.ts";
import { SandboxOrder } from "./sandbox_order.ts";

/** What {@linkcode createDeps} puts together. */
export interface DepsParts {
  readonly access: Access;
  readonly reporting: Reporting;
}

/** What every ADD and DEL of one node works with. */
export function createDeps(options: IpamOptions, { access, reporting }: DepsParts): IpamDeps {
  const { config, configNow = () => config, journal, owed, clock, random, log, master } = options;
  const { view, claims, freed, clients, reads } = access;
  return {
    get config() {
      return configNow();
    },
    ...{ view, claims, freed, reads, journal, owed, clock, log },
    endpoints: new EndpointStore({ endpoints: { ...clients.endpoints, ...reads.endpoints }, clock, random }),
    owedFailures: new OwedFailures(clock),
    running: new RunningAdds(),
    sandboxes: new SandboxOrder(),
    ...(master === undefined ? {} : { master }),
    ...listenersOf(options, reporting),
  };
}

/** Who is told: people, and the agent that this is a part of. */
function listenersOf({ onAutoPoolWait, onQuarantined }: IpamOptions, reporting: Reporting) {
  return {
    observer: reporting.observer,
    onAutoPoolWait,
    onQuarantined(note: QuarantineNote) {
      reporting.onQuarantined(note);
      onQuarantined?.(note);
    },
  };
}
