import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { FreedAttachment, IpamGcArgs, IpamGcResponse } from "../api/gc_types.ts";
import type { AgentReads } from "./clients.ts";
import { withDeadline } from "./deadline.ts";
import { fixedOwnerOf } from "./endpoint_facts.ts";
import { endpointsThat } from "./gc_list.ts";
import { collectOne, type GcRun } from "./gc_one.ts";
import { gcScopeOf, staleNicsOf } from "./gc_stale.ts";
import type { KeyedLock } from "./keyed_lock.ts";

/** How long a GC may take, in milliseconds: less than the plugin waits. */
const GC_MS = 90_000;
/** Pods that are looked at side by side. */
const PARALLEL = 4;

/** What {@linkcode collectGarbage} works with. */
export interface GcDeps extends Omit<GcRun, "scope"> {
  readonly reads: Pick<AgentReads, "endpoints">;
  /** One GC at a time: each lists the endpoints of the cluster. */
  readonly turns: KeyedLock;
}

/**
 * Frees what this node holds in a network for containers that the runtime does not have any more (claim protocol, rules
 * 5 and 6). Each Pod is looked at anew, while no other request of it runs: the runtime's list tells only where to look.
 *
 * @throws {Error} if anything could not be freed; the rest is then
 */
export function collectGarbage(deps: GcDeps, args: IpamGcArgs, signal: AbortSignal): Promise<IpamGcResponse> {
  const { clock } = deps.ipam;
  return withDeadline(
    { clock, ms: GC_MS, signal, action: `Cannot collect garbage of network "${args.networkName}"` },
    ({ signal }) => deps.turns.run("gc", () => collect(deps, args, signal), { signal }),
  );
}

async function collect(deps: GcDeps, args: IpamGcArgs, signal: AbortSignal): Promise<IpamGcResponse> {
  const { config, log } = deps.ipam;
  const scope = gcScopeOf(args, config.nodeName);
  const candidates = await endpointsThat(
    (endpoint) => staleNicsOf(endpoint, scope).length > 0 && !isOfVm(deps, endpoint),
    deps.reads,
    signal,
  );
  const freed: FreedAttachment[] = [];
  const failures: unknown[] = [];
  let kept = 0;
  await forEach(candidates, async (endpoint) => {
    try {
      const found = await collectOne({ ...deps, scope }, endpoint, signal);
      if (found === undefined) kept += staleNicsOf(endpoint, scope).length;
      else freed.push(...found);
    } catch (err) {
      signal.throwIfAborted();
      const pod = `${endpoint.metadata.namespace}/${endpoint.metadata.name}`;
      log.warn("cannot free addresses of a container that has gone", { pod, network: args.networkName, err });
      failures.push(err);
    }
  });
  if (failures.length > 0) throw incomplete(failures, candidates.length);
  return { freed, kept };
}

/** Requests of a VM's Pods take turns by the Pod's name, which the endpoint does not tell: left to the controller. */
function isOfVm({ ipam: { config } }: GcDeps, endpoint: SpiderEndpoint): boolean {
  return fixedOwnerOf(endpoint, config.features) === "kubevirt";
}

/** Runs `work` on all items, {@linkcode PARALLEL} at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values(); // shared: each worker takes the next
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (const item of rest) await work(item);
  }));
}

function incomplete(failures: readonly unknown[], count: number): Error {
  const [cause] = failures;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = `${failures.length} of ${count} Pods whose containers have gone`;
  return new Error(`Cannot free the addresses of ${what}; ask again. First reason: ${reason}`, { cause });
}
