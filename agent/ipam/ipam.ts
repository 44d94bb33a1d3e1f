import type { Pod } from "../../crd/core/mod.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";
import type { HousekeepingService, IpamService } from "../api/service.ts";
import type { PeerCommitter } from "../peer/mod.ts";
import { createAccess } from "./access.ts";
import { runCarryOut } from "./carry_out.ts";
import type { QuarantineNote } from "./conflict.ts";
import type { IpamDeps } from "./deps.ts";
import { EndpointStore } from "./endpoint_store.ts";
import { createHousekeeping } from "./housekeeping.ts";
import type { IpamOptions } from "./ipam_options.ts";
import { OwedFailures } from "./owed_failures.ts";
import { runRecovery } from "./recover.ts";
import { createReporting } from "./reporting.ts";
import { RunningAdds } from "./running_adds.ts";
import { SandboxOrder } from "./sandbox_order.ts";
import { serviceOf } from "./service.ts";
import { type IpamState, ipamState } from "./state.ts";

/** IPAM of one node. */
export interface Ipam {
  readonly service: IpamService;
  /** What the runtime asks about the node as a whole. */
  readonly housekeeping: HousekeepingService;
  /** Follows the cluster and settles the journal until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when requests can be served: everything was read once. */
  ready(signal: AbortSignal): Promise<void>;
  /** The Pod: as the watch has it, else as the API server has it now; `undefined` for none. */
  pod(key: ObjectKey, signal: AbortSignal): Promise<Pod | undefined>;
  /** Whether all watches follow the API server now. */
  readonly isSynced: boolean;
  /** What goes on, and what is known of pools. */
  state(): Promise<IpamState>;
  /** Does what other agents ask; absent without {@linkcode IpamOptions.peers}. */
  readonly committer?: PeerCommitter;
}

/** Builds the IPAM of one node. Nothing runs before {@linkcode Ipam.run}. */
export function createIpam(options: IpamOptions): Ipam {
  const { journal, owed, config, configNow = () => config, clock, random, log, master, onQuarantined } = options;
  const { view, claims, committer, freed, clients, reads, writers, limitsOf } = createAccess(options);
  const endpoints = new EndpointStore({ endpoints: { ...clients.endpoints, ...reads.endpoints }, clock, random });
  const running = new RunningAdds();
  const { nodeName } = config;
  const { events } = clients;
  const { withEvents = true } = options;
  const reporting = createReporting({ events, view, nodeName, clock, random, log, withEvents });
  const { observer, memory } = reporting;
  const told = {
    observer,
    onAutoPoolWait: options.onAutoPoolWait,
    onQuarantined(note: QuarantineNote) {
      reporting.onQuarantined(note);
      onQuarantined?.(note);
    },
  };
  const withMaster = master === undefined ? told : { ...told, master };
  const notes = { journal, owed, owedFailures: new OwedFailures(clock) };
  const state = { ...notes, running, sandboxes: new SandboxOrder() };
  const deps: IpamDeps = {
    get config() {
      return configNow();
    },
    ...{ view, claims, freed, endpoints, reads, ...state, clock, log, ...withMaster },
  };
  async function settleAll(signal: AbortSignal): Promise<void> {
    const { onCarriedOut } = options;
    const carryOut = owed && runCarryOut(deps, { owed, onCarriedOut }, signal);
    await Promise.all([runRecovery(deps, signal), carryOut]);
  }
  return {
    service: serviceOf({ ipam: deps, memory, limitsOf }),
    housekeeping: createHousekeeping({ ipam: deps, memory, reads }),
    ...(committer === undefined ? {} : { committer }),
    get isSynced() {
      return view.isSynced;
    },
    state: () => ipamState(deps, writers),
    ready: (signal) => view.synced(signal),
    pod: async (key, signal) => view.cachedPod(key) ?? await view.livePod(key, signal),
    async run(signal) {
      reporting.endWith(signal);
      claims.prepare().catch((err) => log.error("cannot read the journal", { err })); // the next request tries again
      await Promise.all([view.run(signal), view.synced(signal).then(() => settleAll(signal), ignoreStop)]);
    },
  };
}

function ignoreStop(): void {
  // Stopped before it was ready.
}
