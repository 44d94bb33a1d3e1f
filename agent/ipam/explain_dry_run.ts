import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { FamilyOutcome } from "../../crd/ipam/decision.ts";
import type { DryRunClaims } from "../../crd/ipam/dry_run_claims.ts";
import type { PoolReason } from "../../crd/ipam/reasons.ts";
import { silentLog } from "../../net/base/log.ts";
import type { IpamAddArgs } from "../api/types.ts";
import { add } from "./add.ts";
import { type AddEnd, addressOf } from "./add_trace.ts";
import type { Need } from "./allocation.ts";
import type { IpamDeps } from "./deps.ts";
import { EndpointStore, type EndpointStoreDeps } from "./endpoint_store.ts";
import type { Journal } from "./journal.ts";
import { RunningAdds } from "./running_adds.ts";
import { SandboxOrder } from "./sandbox_order.ts";

/** How long a dry run is tried, in milliseconds: somebody waits for the answer. */
const DEADLINE_MS = 10_000;

/** What a dry run is made with. */
export interface DryRunOptions {
  readonly claims: DryRunClaims;
  /** See {@linkcode IpamDeps.dryRun}. */
  readonly arePoolsUnknown: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs an ADD that claims and writes nothing: the real one, on claims that only decide, endpoints and a journal that
 * keep nothing. It does not wait for a full pool or an absent one, nor for other requests of the Pod.
 *
 * @throws what only a dry run can fail of: the reason of `signal`
 */
export async function dryRun(deps: IpamDeps, args: IpamAddArgs, options: DryRunOptions): Promise<AddEnd> {
  const { claims, arePoolsUnknown, signal } = options;
  const { config, clock, endpoints, journal } = deps;
  let ended: AddEnd | undefined;
  const dry: IpamDeps = {
    ...deps,
    claims,
    config: { ...config, deadlineMs: Math.min(config.deadlineMs, DEADLINE_MS), waitForFreeMs: 0, waitForAutoPoolMs: 0 },
    endpoints: new EndpointStore({ endpoints: endpointsThatForget(endpoints), clock, random: () => 0 }),
    journal: journalThatForgets(journal),
    running: new RunningAdds(),
    sandboxes: new SandboxOrder(),
    log: silentLog,
    observer: { ended: (end) => void (ended = end) },
    dryRun: { arePoolsUnknown, outcomeOf: (need) => outcomeOf(need, claims) },
  };
  try {
    await add(dry, args, signal);
  } catch {
    signal.throwIfAborted(); // any other error is what the ADD would be refused with: `ended` has it
  }
  if (ended === undefined) throw new TypeError("Cannot explain an ADD whose end was not told");
  return ended;
}

/** What the pools said about `need`. */
function outcomeOf(need: Need, claims: DryRunClaims): FamilyOutcome {
  const refused: PoolReason[] = [];
  let address: FamilyOutcome["address"];
  for (const pool of need.pools) {
    const tried = claims.tryOf(pool.name, need.nic);
    if (tried?.code === "refused") {
      refused.push({ pool: pool.name, nic: need.nic, family: need.family, reason: tried.reason });
    } else if (tried !== undefined && address === undefined) {
      address = addressOf({ need, pool, address: tried.address, existing: tried.existing }, { lately: tried.lately });
    }
  }
  return { refused, address, counts: claims.counts };
}

/** A client that reads as `endpoints` does, and answers writes as if they were done. */
function endpointsThatForget(endpoints: IpamDeps["endpoints"]): EndpointStoreDeps["endpoints"] {
  const gone = new Set<string>();
  return {
    async tryGet({ namespace = "", name }, { signal = new AbortController().signal } = {}) {
      return gone.has(`${namespace}/${name}`) ? undefined : await endpoints.get({ namespace, name }, signal);
    },
    create: (endpoint) => Promise.resolve(endpoint),
    update: (endpoint) => Promise.resolve(endpoint),
    // Nothing but a finalizer is patched, and only of an endpoint that is to go.
    patch: ({ namespace = "", name }) => {
      gone.add(`${namespace}/${name}`);
      return Promise.resolve(emptyEndpoint(namespace, name));
    },
    delete: ({ namespace = "", name }) => {
      gone.add(`${namespace}/${name}`);
      return Promise.resolve();
    },
  };
}

function emptyEndpoint(namespace: string, name: string): SpiderEndpoint {
  return { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderEndpoint", metadata: { namespace, name } };
}

function journalThatForgets(journal: Journal): Journal {
  return {
    put: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    get: (key) => journal.get(key),
    list: () => journal.list(),
  };
}
