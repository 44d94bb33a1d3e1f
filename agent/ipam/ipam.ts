import type { Pod } from "../../crd/core/mod.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";
import type { HousekeepingService, IpamService } from "../api/service.ts";
import type { PeerCommitter } from "../peer/mod.ts";
import { createAccess } from "./access.ts";
import { runCarryOut } from "./carry_out.ts";
import { createDeps } from "./create_deps.ts";
import type { IpamDeps } from "./deps.ts";
import { createHousekeeping } from "./housekeeping.ts";
import type { IpamOptions } from "./ipam_options.ts";
import { runRecovery } from "./recover.ts";
import { createReporting } from "./reporting.ts";
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
  const { config: { nodeName }, clock, random, log, withEvents = true } = options;
  const access = createAccess(options);
  const { view, claims, committer, clients: { events }, reads, writers, limitsOf } = access;
  const reporting = createReporting({ events, view, nodeName, clock, random, log, withEvents });
  const { memory } = reporting;
  const ipam = createDeps(options, { access, reporting });
  return {
    service: serviceOf({ ipam, memory, limitsOf }),
    housekeeping: createHousekeeping({ ipam, memory, reads }),
    ...(committer === undefined ? {} : { committer }),
    get isSynced() {
      return view.isSynced;
    },
    state: () => ipamState(ipam, writers),
    ready: (signal) => view.synced(signal),
    pod: async (key, signal) => view.cachedPod(key) ?? await view.livePod(key, signal),
    async run(signal) {
      reporting.endWith(signal);
      claims.prepare().catch((err) => log.error("cannot read the journal", { err })); // the next request tries again
      const settling = view.synced(signal).then(() => settleAll(ipam, options, signal), ignoreStop);
      await Promise.all([view.run(signal), settling]);
    },
  };
}

/** Ends what a predecessor left under way, and what plugins could not have done. */
async function settleAll(
  ipam: IpamDeps,
  { owed, onCarriedOut }: Pick<IpamOptions, "owed" | "onCarriedOut">,
  signal: AbortSignal,
): Promise<void> {
  const carryOut = owed && runCarryOut(ipam, { owed, onCarriedOut }, signal);
  await Promise.all([runRecovery(ipam, signal), carryOut]);
}

function ignoreStop(): void {
  // Stopped before it was ready.
}
