import { formatAddress } from "../../net/ip/address.ts";
import { formatPrefix } from "../../net/ip/prefix.ts";
import { answerOf, type IpamResult, resultsOf } from "../../crd/ipam/answer.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { explainPosition } from "../../crd/ipam/explain.ts";
import type { IpamAddResponse } from "../api/types.ts";
import { writeEndpoint } from "./add_endpoint.ts";
import { type AddRun, beyond, journalEntry, recordPod } from "./add_run.ts";
import type { Grant } from "./allocation.ts";
import { heldBy } from "./endpoint_facts.ts";
import { holdersOf } from "./former_records.ts";
import { giveBack } from "./give_back.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { AddNeeds } from "./needs.ts";
import { podKey } from "./running_adds.ts";

/** Writes the endpoint and ends the journal entry: from here on the allocation is known to everybody. */
export async function record(
  run: AddRun,
  { entry, grants, customRoutes, inheritance }: { entry: JournalEntry; grants: readonly Grant[] } & AddNeeds,
): Promise<IpamAddResponse> {
  const { deps, args } = run;
  run.trace.grants = grants;
  const pod = podKey(args);
  const allocations = grants.map(({ need, pool, address }) => ({ ...need, pool: pool.pool, address }));
  const { results, dropped } = resultsOf(allocations, customRoutes);
  for (const { dst, gateway } of dropped) {
    const route = { dst: formatPrefix(dst), gw: formatAddress(gateway) };
    deps.log.warn("no subnet of the Pod holds the gateway of its route", { pod, ...route });
  }
  const former = await noteFormer(run, { results, inheritance });
  const all = resultsOfEndpoint(await writeEndpoint(run, results, inheritance));
  for (const entry of former) await giveBack(deps, { entry, ...beyond(all, entry) });
  if (mayHoldMore(run, all)) await giveBack(deps, { entry, ...beyond(all, entry) });
  else await deps.journal.remove(entry);
  warnOfLost(run, grants);
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

/** An owner that keeps its addresses did not get one back: it had no record any more, and somebody may rely on it. */
function warnOfLost({ deps, args }: AddRun, grants: readonly Grant[]): void {
  for (const { need: { nic, want, formerUid }, pool, address } of grants) {
    if (formerUid === undefined || want === undefined || want.value === address.value) continue;
    const [kept, got] = [want, address].map(formatAddress);
    deps.log.warn("a fixed address is lost, another one was taken", {
      pod: podKey(args),
      ifname: nic,
      kept,
      address: got,
      pool: pool.name,
    });
  }
}

/**
 * Notes in the journal whatever is recorded for an earlier incarnation and will not be listed any more: who dies between
 * writing the endpoint and freeing it leaves it to the recovery.
 */
async function noteFormer(
  run: AddRun,
  { results, inheritance }: { results: readonly IpamResult[] } & Pick<AddNeeds, "inheritance">,
): Promise<readonly JournalEntry[]> {
  const { deps, endpoint, podUid, signal } = run;
  if (inheritance?.formerUid === undefined || endpoint === undefined) return [];
  const goes = resultsOfEndpoint(endpoint).filter((had) => !results.some((has) => isSameAddress(had, has)));
  const holders = await holdersOf(deps.reads, { pod: recordPod(run), results: goes }, signal);
  const entries = [...holders].map(([uid, pools]) => ({
    ...journalEntry(run, { needs: [], former: undefined }),
    podUid: uid,
    pools,
  }));
  for (const entry of entries) {
    if (entry.podUid === podUid) run.noteLeftovers();
    else await deps.journal.put(await withFormerPools(deps.journal, entry));
  }
  return entries.filter((entry) => entry.podUid !== podUid);
}

async function withFormerPools(journal: Journal, entry: JournalEntry): Promise<JournalEntry> {
  const { pools = [] } = await journal.get(entry) ?? {};
  return { ...entry, pools: [...new Set([...pools, ...entry.pools])] };
}

function isSameAddress(a: IpamResult, b: IpamResult): boolean {
  return a.pool === b.pool && a.family === b.family && a.address.value === b.address.value;
}

/** The answer; an address that a VM migrates with is not probed: its other Pod answers for it. */
export function answer(
  { deps: { config }, args, isMigrationTarget }: AddRun,
  results: readonly IpamResult[],
): IpamAddResponse {
  const enableIPConflictDetection = config.enableIPConflictDetection && !isMigrationTarget;
  return answerOf(results, { ...config, enableIPConflictDetection, nic: args.ifName });
}

/** Whether the Pod may hold more than its endpoint lists now: something of an earlier ADD, or what it listed before. */
function mayHoldMore({ unfinished, hasLeftovers, endpoint, podUid }: AddRun, results: readonly IpamResult[]): boolean {
  const listed = new Set(results.map(({ address }) => formatAddress(address)));
  const before = [...heldBy(endpoint, podUid).values()].flat();
  return unfinished !== undefined || hasLeftovers() || before.some((address) => !listed.has(address));
}
