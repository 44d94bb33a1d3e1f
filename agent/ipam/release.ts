import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { decideRelease } from "../../crd/ipam/release_decide.ts";
import { isWantedOrdinal, ordinalOfPod } from "../../crd/ipam/statefulset_ordinal.ts";
import type { IpamDelArgs } from "../api/types.ts";
import { type Deadline, withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { isFixedEndpoint } from "./endpoint_facts.ts";
import { podKey } from "./running_adds.ts";

/**
 * Gives back what an attachment holds (spec/ipam.md §14.1; claim protocol, rule 6). Nothing to do is success.
 *
 * @throws what the API server said, if trying again may help: something may still be held then
 */
export function release(deps: IpamDeps, args: IpamDelArgs, signal: AbortSignal): Promise<void> {
  const { clock, config, running } = deps;
  return withDeadline(
    { clock, ms: config.deadlineMs, signal, action: "Cannot release addresses" },
    (deadline) => running.del(args, () => releaseAlone(deps, args, deadline), deadline),
  );
}

async function releaseAlone(deps: IpamDeps, args: IpamDelArgs, deadline: Deadline): Promise<void> {
  const key = { namespace: args.podNamespace, name: args.podName };
  const [pod, endpoint] = await Promise.all([
    deps.view.livePod(key, deadline.signal),
    deps.endpoints.get(key, deadline.signal),
  ]);
  const decision = decideRelease({
    podUid: args.podUID,
    containerId: args.containerID,
    ifname: args.ifName,
    pod,
    endpoint,
    isKeptForOwner: await isKeptForOwner(deps, endpoint, deadline.signal),
  });
  const fields = { pod: podKey(args), podUid: args.podUID, containerId: args.containerID, ifname: args.ifName };
  if (decision.kind === "keep") return deps.log.info("kept addresses", { ...fields, reason: decision.reason });
  const freed = await freeAll(deps, decision, deadline);
  deps.log.info("released addresses", { ...fields, freed });
}

/** Whether the endpoint belongs to a StatefulSet that still wants a Pod of this name. */
async function isKeptForOwner(
  { config: { features }, reads }: IpamDeps,
  endpoint: SpiderEndpoint | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (endpoint?.status === undefined || !isFixedEndpoint(endpoint, features)) return false;
  const { name, namespace = "" } = endpoint.metadata;
  const statefulSet = ordinalOfPod(name)?.statefulSet;
  if (statefulSet === undefined) return false;
  return isWantedOrdinal(name, await reads.statefulSets.tryGet({ namespace, name: statefulSet }, { signal }));
}

/** Frees every record of the UID, then lets the endpoint go: pools first, so that nothing is lost in between. */
async function freeAll(
  deps: IpamDeps,
  { podUid, endpoint }: { podUid: string; endpoint: SpiderEndpoint | undefined },
  deadline: Deadline,
): Promise<readonly string[]> {
  const entries = (await deps.journal.list()).filter((entry) => entry.podUid === podUid);
  const listed = endpoint === undefined
    ? await poolsNaming(deps, podUid, deadline.signal)
    : resultsOfEndpoint(endpoint).map(({ pool }) => pool);
  const pools = [...new Set([...listed, ...entries.flatMap((entry) => entry.pools)])];
  const outcomes = await Promise.all(
    pools.map((pool) => deps.claims.release({ kind: "release", pool, podUid }, deadline)),
  );
  for (const entry of entries) await deps.journal.remove(entry);
  if (endpoint !== undefined) await endEndpoint(deps, endpoint, deadline);
  return outcomes.flatMap((outcome) => outcome.addresses);
}

async function endEndpoint(deps: IpamDeps, endpoint: SpiderEndpoint, deadline: Deadline): Promise<void> {
  if (isFixedEndpoint(endpoint, deps.config.features)) await deps.endpoints.remove(endpoint, deadline);
  else await deps.endpoints.letGo(endpoint, deadline);
}

/** Pools whose records name `podUid`, by one list of all pools. */
async function poolsNaming({ reads }: IpamDeps, podUid: string, signal: AbortSignal): Promise<string[]> {
  const { items } = await reads.pools.listAll({ pageSize: 50, signal });
  return items.filter(({ status }) => status?.allocatedIPs?.includes(JSON.stringify(podUid)))
    .map(({ metadata }) => metadata.name);
}
