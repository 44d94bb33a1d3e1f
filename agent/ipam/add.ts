import { type EndpointOwner, fixedAddressOf } from "../../crd/ipam/endpoint.ts";
import { refusedError } from "../../crd/ipam/errors.ts";
import { podUidOf, staticUidOf } from "../../crd/ipam/pod_identity.ts";
import { reuseOf } from "../../crd/ipam/reuse.ts";
import type { IpamAddArgs, IpamAddResponse } from "../api/types.ts";
import { writeEndpoint } from "./add_endpoint.ts";
import { answer, record } from "./add_record.ts";
import { type AddRun, beyond, contextOf, journalEntry } from "./add_run.ts";
import { type AddTrace, endOf, newTrace, traceNeeds, traceReuse } from "./add_trace.ts";
import { allocate } from "./allocate.ts";
import { addressOfGrant, type Allocated, type Need } from "./allocation.ts";
import { whenAutoPoolIsThere } from "./auto_pool_wait.ts";
import { type Deadline, reasonWith, withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { endpointKeyOf, keptAddresses } from "./endpoint_facts.ts";
import { giveBack, undoGrant } from "./give_back.ts";
import { isUndecided } from "./inheritance.ts";
import { isMigrationTarget } from "./migration.ts";
import { type AddNeeds, needsOf, needsOfEndpoint, pendingChangesOf } from "./needs.ts";
import { confirmOwn, ownPoolsFirst } from "./own_records.ts";
import { livePodFor, podFor } from "./pod_lookup.ts";
import { CancelledByDelError } from "./running_adds.ts";

/**
 * Gives the Pod its addresses on `args.ifName` (spec/ipam.md §3; claim protocol, rules 3 to 7).
 *
 * @throws {IpamError} or what the API server said; nothing is held then, or the journal knows what may be
 */
export async function add(deps: IpamDeps, args: IpamAddArgs, signal: AbortSignal): Promise<IpamAddResponse> {
  const trace = newTrace();
  let err: unknown;
  try {
    return await serve(deps, args, { signal, trace });
  } catch (thrown) {
    throw err = thrown;
  } finally {
    const isCancelled = signal.aborted || err instanceof CancelledByDelError;
    deps.observer?.ended(endOf(args, trace, { err, isCancelled, dryRun: deps.dryRun }));
  }
}

function serve(
  deps: IpamDeps,
  args: IpamAddArgs,
  { signal, trace }: { readonly signal: AbortSignal; readonly trace: AddTrace },
): Promise<IpamAddResponse> {
  const { clock, config, running } = deps;
  return withDeadline(
    { clock, ms: config.deadlineMs, signal, action: "Cannot allocate addresses" },
    ({ deadlineMs, signal }) =>
      running.add(args, async (signal) => {
        const run = await prepare(deps, args, { deadlineMs, signal, trace });
        return await reuse(run) ?? await allocateAnew(run);
      }, { signal }),
  );
}

async function prepare(
  deps: IpamDeps,
  args: IpamAddArgs,
  { trace, ...deadline }: Deadline & { readonly trace: AddTrace },
): Promise<AddRun> {
  const { signal } = deadline;
  await untilSynced(deps, signal);
  const pod = await podFor(deps.view, args, signal);
  const podUid = podUidOf(pod);
  const topController = await deps.view.topController(pod, signal);
  const owner = { pod, topController, features: deps.config.features };
  const [endpoint, unfinished, isTarget] = await Promise.all([
    isFirstAdd(deps, owner) ? undefined : deps.endpoints.get(endpointKeyOf(owner), signal),
    deps.journal.get({ podUid, ifname: args.ifName }),
    deps.config.enableIPConflictDetection && isMigrationTarget(deps, owner, signal),
  ]);
  trace.pod = { owner, podUid, endpoint };
  let leftovers = false;
  const noteLeftovers = () => void (leftovers = true);
  const hasLeftovers = () => leftovers;
  const isFirst = endpoint === undefined || keptAddresses(endpoint, { owner, podUid }).length === 0;
  const formerSandboxes = deps.sandboxes.began(podUid, { containerId: args.containerID, nic: args.ifName, isFirst });
  const found = { owner, podUid, endpoint, unfinished, formerSandboxes, isMigrationTarget: isTarget };
  return { deps, args, ...found, noteLeftovers, hasLeftovers, trace, ...deadline };
}

/**
 * Whether the Pod can have no endpoint of its own UID: it is then written without a look at what is there. One of an
 * earlier Pod of its name is a conflict, and is looked at then.
 */
function isFirstAdd({ view, dryRun }: IpamDeps, owner: EndpointOwner): boolean {
  const isOfName = fixedAddressOf(owner) !== undefined || staticUidOf(owner.pod) !== undefined;
  return dryRun === undefined && !isOfName && view.takeFresh(owner.pod);
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
  if (stored.kind !== "reusable" || isUndecided(run)) return undefined;
  const { results, endpoint } = stored;
  const needs = await needsOfEndpoint(run, results.filter(({ nic }) => nic === args.ifName));
  if (needs === undefined || !await confirmOwn(needs, contextOf({ ...run, endpoint }))) return undefined;
  traceReuse(run.trace, needs);
  await writeEndpoint({ ...run, endpoint }, results); // nothing is written unless the container is another one
  if (unfinished !== undefined) await giveBack(deps, { entry: unfinished, ...beyond(results, unfinished) });
  await notePending(run);
  return answer(run, results);
}

/** Judges, claims and records until it is done; specs that changed meanwhile are judged again. */
async function allocateAnew(run: AddRun): Promise<IpamAddResponse> {
  let entry = run.unfinished;
  try {
    for (;;) {
      run.signal.throwIfAborted();
      const wanted = await needsWhenThere(run);
      const { needs, findings } = wanted;
      traceNeeds(run.trace, { needs, findings });
      await run.deps.journal.put(entry = journalEntry(run, { needs, former: entry }));
      const allocated = await claim(run, needs);
      if (allocated.kind === "refused") throw refusedError(run.trace.refusals = allocated.refusals);
      if (allocated.kind === "granted") return await record(run, { entry, grants: allocated.grants, ...wanted });
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

/** What is needed, once the auto-created pools are there that the Pod asks for. */
function needsWhenThere(run: AddRun): Promise<AddNeeds> {
  const { deps: { clock, freed, config, onAutoPoolWait: onWait }, deadlineMs, signal } = run;
  const waiting = { clock, freed, waitMs: config.waitForAutoPoolMs ?? 0, deadlineMs, signal, onWait };
  return whenAutoPoolIsThere(() => needsOf(run), waiting);
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

/** Notes what is named now and takes effect only when the Pod is made anew: whoever changed it waits for it. */
async function notePending(run: AddRun): Promise<void> {
  const changes = await pendingChangesOf(run);
  const notes = changes.map((change) => ({ code: "change-pending", nic: change.nic, change }) as const);
  run.trace.findings = { sources: [], families: [], notes };
}
