import { formatAddress } from "../../net/ip/address.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { decideRelease, type ReleaseDecision } from "../../crd/ipam/release_decide.ts";
import type { IpamDelArgs } from "../api/types.ts";
import { type Deadline, withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { isFixedEndpoint } from "./endpoint_facts.ts";
import { findEnding, type FoundEndpoint } from "./endpoint_lookup.ts";
import { fixedOwner, usersNow } from "./fixed_owner.ts";
import { holdersOf } from "./former_records.ts";
import { poolsNaming } from "./pools_naming.ts";
import { podKey } from "./running_adds.ts";

/** What a DEL frees, with what was found. */
export type Freed = Extract<ReleaseDecision, { kind: "free" }> & { readonly pod: Pod | undefined };

/** What a DEL means, with what was found. */
export interface Ending extends FoundEndpoint {
  readonly decision: ReleaseDecision;
}

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
  await endAs(deps, { args, ending: await endingOf(deps, args, deadline.signal) }, deadline);
}

/** What a DEL means, by what the API server says now. For who has the Pod's turn. */
export async function endingOf(deps: IpamDeps, args: IpamDelArgs, signal: AbortSignal): Promise<Ending> {
  const found = await findEnding(deps, args, signal);
  const decision = decideRelease({
    podUid: args.podUID,
    containerId: args.containerID,
    ifname: args.ifName,
    isOlderSandbox: deps.sandboxes.isOlder(args.podUID, args.containerID),
    ...found,
    ...await fixedOwner(deps, found, signal),
  });
  return { ...found, decision };
}

/** Frees what `ending` says, or nothing. */
export async function endAs(
  deps: IpamDeps,
  { args, ending: { decision, pod } }: { readonly args: IpamDelArgs; readonly ending: Ending },
  deadline: Deadline,
): Promise<void> {
  const fields = { pod: podKey(args), podUid: args.podUID, containerId: args.containerID, ifname: args.ifName };
  if (decision.kind === "keep") return deps.log.info("kept addresses", { ...fields, reason: decision.reason });
  const freed = await freeAll(deps, { ...decision, pod }, deadline);
  deps.log.info("released addresses", { ...fields, freed });
}

/** Frees every record of the UID, then lets the endpoint go: nothing is lost in between. */
export async function freeAll(deps: IpamDeps, what: Freed, deadline: Deadline): Promise<readonly string[]> {
  const { podUid } = what;
  const endpoint = what.endpoint && await condemned(deps, what.endpoint, deadline);
  const entries = (await deps.journal.list()).filter((entry) => entry.podUid === podUid);
  const listed = endpoint === undefined
    ? (await poolsNaming(deps, podUid, deadline.signal)).map(({ pool }) => pool)
    : resultsOfEndpoint(endpoint).map(({ pool }) => pool);
  const pools = [...new Set([...listed, ...entries.flatMap((entry) => entry.pools)])];
  const outcomes = await Promise.all(
    pools.map((pool) => deps.claims.release({ kind: "release", pool, podUid }, deadline)),
  );
  const others = endpoint !== undefined && what.isWhole ? await freeOthers(deps, { endpoint, podUid }, deadline) : [];
  for (const entry of entries) await deps.journal.remove(entry);
  if (endpoint !== undefined) await endEndpoint(deps, { endpoint, pod: what.pod }, deadline);
  return [...outcomes.flatMap((outcome) => outcome.addresses), ...others];
}

/**
 * Marks an endpoint that outlives Pods before its addresses are freed: whoever dies in between leaves one that nobody
 * takes addresses from any more. `undefined` when it was re-owned meanwhile.
 */
async function condemned(
  { endpoints, config }: IpamDeps,
  endpoint: SpiderEndpoint,
  deadline: Deadline,
): Promise<SpiderEndpoint | undefined> {
  return isFixedEndpoint(endpoint, config.features) ? await endpoints.condemn(endpoint, deadline) : endpoint;
}

/**
 * Frees what the endpoint lists and earlier incarnations of its name hold: its name is at its end. A Pod that has the
 * name by now keeps what it holds, until its own DEL.
 */
async function freeOthers(
  deps: IpamDeps,
  { endpoint, podUid }: { readonly endpoint: SpiderEndpoint; readonly podUid: string },
  deadline: Deadline,
): Promise<readonly string[]> {
  const results = resultsOfEndpoint(endpoint);
  const pod = `${endpoint.metadata.namespace ?? ""}/${endpoint.metadata.name}`;
  const addresses = results.map(({ address }) => formatAddress(address));
  const holders = await holdersOf(deps.reads, { pod, results }, deadline.signal);
  // after the holders: one that is missing has gone
  const mayBeInUse = await usersNow(deps, { endpoint, podUid }, deadline.signal);
  const others = [...holders].filter(([uid]) => uid !== podUid && !mayBeInUse(uid));
  const requests = others.flatMap(([uid, pools]) => pools.map((pool) => ({ pool, podUid: uid, addresses })));
  const outcomes = await Promise.all(
    requests.map((request) => deps.claims.release({ kind: "release", ...request }, deadline)),
  );
  return outcomes.flatMap((outcome) => outcome.addresses);
}

/** Deletes an endpoint that no Pod will take along: of a name, or of a Pod that has gone already. */
async function endEndpoint(
  { endpoints, config }: IpamDeps,
  { endpoint, pod }: { readonly endpoint: SpiderEndpoint; readonly pod: Pod | undefined },
  deadline: Deadline,
): Promise<void> {
  const isLeft = pod === undefined || !endpoint.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid);
  if (isLeft || isFixedEndpoint(endpoint, config.features)) await endpoints.remove(endpoint, deadline);
  else await endpoints.letGo(endpoint, deadline);
}
