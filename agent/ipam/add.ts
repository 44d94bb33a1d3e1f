import { formatAddress } from "../../net/ip/address.ts";
import { formatPrefix } from "../../net/ip/prefix.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { answerOf, type IpamResult, resultsOf } from "../../crd/ipam/answer.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { refusedError } from "../../crd/ipam/errors.ts";
import { explainPosition } from "../../crd/ipam/explain.ts";
import { podUidOf } from "../../crd/ipam/pod_identity.ts";
import { reuseOf } from "../../crd/ipam/reuse.ts";
import type { IpamAddArgs, IpamAddResponse } from "../api/types.ts";
import { addressOfGrant, allocate, type Allocated, type Grant, type Need } from "./allocate.ts";
import { type Deadline, reasonWith, withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { endpointKeyOf, heldBy, keptAddresses } from "./endpoint_facts.ts";
import { giveBack, undoGrant } from "./give_back.ts";
import type { JournalEntry } from "./journal.ts";
import { type AddNeeds, type NeedsContext, needsOf, needsOfEndpoint } from "./needs.ts";
import { confirmOwn, ownPoolsFirst } from "./own_records.ts";
import { livePodFor, podFor } from "./pod_lookup.ts";
import { podKey } from "./running_adds.ts";

/** One ADD on its way. */
interface AddRun extends NeedsContext, Deadline {
  readonly deps: IpamDeps;
  /** What an earlier ADD of this attachment left in the journal. */
  readonly unfinished: JournalEntry | undefined;
  /** Notes that a pool holds records of the Pod which this ADD cannot account for. */
  readonly noteLeftovers: () => void;
  readonly hasLeftovers: () => boolean;
}

/**
 * Gives the Pod its addresses on `args.ifName` (spec/ipam.md §3; claim protocol, rules 3 to 7).
 *
 * @throws {IpamError} or what the API server said; nothing is held then, or the journal knows what may be
 */
export function add(deps: IpamDeps, args: IpamAddArgs, signal: AbortSignal): Promise<IpamAddResponse> {
  const { clock, config, running } = deps;
  return withDeadline(
    { clock, ms: config.deadlineMs, signal, action: "Cannot allocate addresses" },
    ({ deadlineMs, signal }) =>
      running.add(args, async (signal) => {
        const run = await prepare(deps, args, { deadlineMs, signal });
        return await reuse(run) ?? await allocateAnew(run);
      }, { signal }),
  );
}

async function prepare(deps: IpamDeps, args: IpamAddArgs, deadline: Deadline): Promise<AddRun> {
  const { signal } = deadline;
  await untilSynced(deps, signal);
  const pod = await podFor(deps.view, args, signal);
  const podUid = podUidOf(pod);
  const topController = await deps.view.topController(pod, signal);
  const owner = { pod, topController, features: deps.config.features };
  const [endpoint, unfinished] = await Promise.all([
    deps.endpoints.get(endpointKeyOf(owner), signal),
    deps.journal.get({ podUid, ifname: args.ifName }),
  ]);
  let leftovers = false;
  const noteLeftovers = () => void (leftovers = true);
  const hasLeftovers = () => leftovers;
  return { deps, args, owner, podUid, endpoint, unfinished, noteLeftovers, hasLeftovers, ...deadline };
}

/** Before the first look at everything nobody knows which addresses are reserved: nothing may be claimed. */
async function untilSynced({ view }: IpamDeps, signal: AbortSignal): Promise<void> {
  try {
    await view.synced(signal);
  } catch (err) {
    if (!signal.aborted) throw err;
    throw reasonWith(signal, new Error("the agent has not been able to read the cluster since it started"));
  }
}

/** Answers from the endpoint when it lists this NIC and the pools confirm it; `undefined` otherwise. */
async function reuse(run: AddRun): Promise<IpamAddResponse | undefined> {
  const { deps, args, podUid, unfinished } = run;
  if (run.endpoint?.metadata.deletionTimestamp !== undefined) return undefined;
  const stored = reuseOf(run.endpoint, { podUid, nic: args.ifName, fixed: false });
  if (stored.kind !== "reusable") return undefined;
  const { results, endpoint } = stored;
  const needs = await needsOfEndpoint(run, results.filter(({ nic }) => nic === args.ifName));
  if (needs === undefined || !await confirmOwn(needs, contextOf({ ...run, endpoint }))) return undefined;
  await writeEndpoint({ ...run, endpoint }, results); // nothing is written unless the container is another one
  if (unfinished !== undefined) await giveBack(deps, { entry: unfinished, ...beyond(results, unfinished) });
  return answer(run, results);
}

/** Judges, claims and records until it is done; specs that changed meanwhile are judged again. */
async function allocateAnew(run: AddRun): Promise<IpamAddResponse> {
  let entry = run.unfinished;
  try {
    for (;;) {
      run.signal.throwIfAborted();
      const { needs, customRoutes } = await needsOf(run);
      await run.deps.journal.put(entry = journalEntry(run, { needs, former: entry }));
      const allocated = await claim(run, needs);
      if (allocated.kind === "refused") throw refusedError(allocated.refusals);
      if (allocated.kind === "granted") return await record(run, { entry, grants: allocated.grants, customRoutes });
      await run.deps.view.refreshPools(allocated.pools, run.signal);
    }
  } catch (err) {
    // The writer answers from memory where nothing is held, so that giving back costs little.
    if (entry !== undefined) {
      await giveBack(run.deps, { entry, pools: entry.pools, keep: keptAddresses(run.endpoint, run) });
    }
    throw err;
  }
}

async function claim(run: AddRun, needs: readonly Need[]): Promise<Allocated> {
  const { deps, podUid, unfinished } = run;
  const context = contextOf(run);
  const kept = keptAddresses(run.endpoint, run);
  return await allocate(unfinished === undefined ? needs : await ownPoolsFirst(needs, context), {
    ...context,
    freed: deps.freed,
    clock: deps.clock,
    waitMs: deps.config.waitForFreeMs,
    confirmPod: () => livePodFor(deps.view, run.args, run.signal),
    onLeftovers: run.noteLeftovers,
    undo: async (grant) => {
      if (kept.includes(addressOfGrant(grant))) return;
      // A later round may succeed and end the journal entry: what is still held here must not be forgotten then.
      if (!await undoGrant(deps, { grant, podUid })) run.noteLeftovers();
    },
  });
}

/** Writes the endpoint and ends the journal entry: from here on the allocation is known to everybody. */
async function record(
  run: AddRun,
  { entry, grants, customRoutes }: { entry: JournalEntry; grants: readonly Grant[] } & Pick<AddNeeds, "customRoutes">,
): Promise<IpamAddResponse> {
  const { deps, args } = run;
  const pod = podKey(args);
  const allocations = grants.map(({ need, pool, address }) => ({ ...need, pool: pool.pool, address }));
  const { results, dropped } = resultsOf(allocations, customRoutes);
  for (const { dst, gateway } of dropped) {
    const route = { dst: formatPrefix(dst), gw: formatAddress(gateway) };
    deps.log.warn("no subnet of the Pod holds the gateway of its route", { pod, ...route });
  }
  const all = resultsOfEndpoint(await writeEndpoint(run, results));
  if (mayHoldMore(run, all)) await giveBack(deps, { entry, ...beyond(all, entry) });
  else await deps.journal.remove(entry);
  for (const { need, pool, address } of grants) {
    const why = explainPosition(need, pool);
    deps.log.info("allocated address", {
      pod,
      ifname: need.nic,
      address: formatAddress(address),
      pool: pool.name,
      why,
    });
  }
  return answer(run, all);
}

function writeEndpoint(run: AddRun, results: readonly IpamResult[]): Promise<SpiderEndpoint> {
  const { deps, args, owner, endpoint, podUid, deadlineMs, signal } = run;
  const nics = [args.ifName, ...results.map(({ nic }) => nic), ...heldBy(endpoint, podUid).keys()];
  const write = {
    results,
    // One sandbox has all NICs: this one supersedes an older one, whose late DEL for another NIC would free them all.
    attachments: Object.fromEntries(nics.map((nic) => [nic, { containerId: args.containerID }])),
    now: new Date(deps.clock.now()).toISOString(),
    maxHistory: deps.config.maxHistory,
  };
  return deps.endpoints.write(owner, write, {
    existing: endpoint,
    deadlineMs,
    signal,
    // Entries of another incarnation are replaced only by the Pod that has the name now.
    mayReplace: async ({ status }) => {
      if (status !== undefined && status.current.uid !== podUid) await livePodFor(deps.view, args, signal);
    },
  });
}

function answer({ deps: { config }, args }: AddRun, results: readonly IpamResult[]): IpamAddResponse {
  return answerOf(results, { ...config, nic: args.ifName });
}

function contextOf({ deps, args, podUid, endpoint, deadlineMs, signal }: AddRun) {
  return {
    claims: deps.claims,
    owner: { pod: podKey(args), podUid, node: deps.config.nodeName },
    held: heldBy(endpoint, podUid),
    deadlineMs,
    signal,
  };
}

/** Whether the Pod may hold more than its endpoint lists now: something of an earlier ADD, or what it listed before. */
function mayHoldMore({ unfinished, hasLeftovers, endpoint, podUid }: AddRun, results: readonly IpamResult[]): boolean {
  const listed = new Set(results.map(({ address }) => formatAddress(address)));
  const before = [...heldBy(endpoint, podUid).values()].flat();
  return unfinished !== undefined || hasLeftovers() || before.some((address) => !listed.has(address));
}

/** What an ADD with this entry may still hold beyond what the endpoint lists now. */
function beyond(results: readonly IpamResult[], { pools }: JournalEntry) {
  return { pools, keep: results.map(({ address }) => formatAddress(address)) };
}

function journalEntry(
  { args, podUid, endpoint, deps }: AddRun,
  { needs, former }: { needs: readonly Need[]; former: JournalEntry | undefined },
): JournalEntry {
  const listed = endpoint?.status?.current.uid === podUid ? resultsOfEndpoint(endpoint).map(({ pool }) => pool) : [];
  const pools = [...needs.flatMap((need) => need.pools.map(({ name }) => name)), ...listed];
  return {
    podUid,
    ifname: args.ifName,
    podNamespace: args.podNamespace,
    podName: args.podName,
    containerId: args.containerID,
    pools: [...new Set([...former?.pools ?? [], ...pools])],
    startedAt: new Date(deps.clock.now()).toISOString(),
  };
}
