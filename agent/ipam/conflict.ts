import { formatAddress, tryParseAddress } from "../../net/ip/address.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import { emptiedEndpoint, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import type { ConflictIP, IpamBatchDelArgs } from "../api/types.ts";
import type { Deadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { podKey } from "./running_adds.ts";

/** Most addresses of one report: many more than a Pod can have. */
const MAX_CONFLICTS = 256;
const DEFAULT_QUARANTINE_MS = 600_000;

/** An address that was set aside because somebody else in the network has it. */
export interface QuarantineNote {
  readonly podNamespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly nic: string;
  readonly pool: string;
  /** Canonical text. */
  readonly address: string;
  /** Who answered, if the report said so. */
  readonly mac: string | undefined;
  /** Milliseconds since the epoch; `undefined` when it lasts until somebody removes the record. */
  readonly expiresMs: number | undefined;
}

/** One report of a conflict. */
export interface ConflictRelease {
  readonly args: IpamBatchDelArgs;
  /** UID of the records. */
  readonly podUid: string;
  /** The Pod's. */
  readonly endpoint: SpiderEndpoint;
  readonly conflicts: readonly ConflictIP[];
}

/** An address of the Pod that is in conflict. */
interface Hit {
  readonly result: IpamResult;
  /** Canonical text. */
  readonly address: string;
  readonly mac: string | undefined;
  /** The NIC as the report calls it. */
  readonly nic: string;
}

/**
 * The addresses that a request reports, in canonical text.
 *
 * @throws {IpamError} `wrong-input` if one is no address, or if there are more than a Pod can have
 */
export function conflictsOf({ conflictIPs }: IpamBatchDelArgs): readonly ConflictIP[] {
  const conflicts = conflictIPs ?? [];
  if (conflicts.length > MAX_CONFLICTS) throw wrongInput(`conflictIPs has more than ${MAX_CONFLICTS} entries`);
  return conflicts.map((conflict) => {
    const address = tryParseAddress(conflict.ip);
    if (address === undefined) throw wrongInput(`conflictIPs: ${JSON.stringify(conflict.ip)} is no IP address`);
    return { ...conflict, ip: formatAddress(address) };
  });
}

/**
 * Sets aside the addresses that are in conflict and takes their NICs out of the endpoint, so that the next ADD of the
 * attachment takes others. The NIC's address of the other family stays the Pod's: until that ADD has recorded it again
 * only the journal knows of it, so that comes first, then the pools, then the endpoint.
 *
 * What the Pod does not hold is left alone: the report was repeated, or came too late.
 */
export async function releaseConflicts(deps: IpamDeps, report: ConflictRelease, deadline: Deadline): Promise<void> {
  const { args, endpoint } = report;
  const listed = resultsOfEndpoint(endpoint);
  const hits = listed.flatMap((result) => hitOf(result, report.conflicts));
  if (hits.length === 0) return deps.log.info("no conflict to release", { pod: podKey(args) });
  const nics = [...new Set(hits.map(({ result }) => result.nic))];
  for (const nic of nics) {
    const pools = listed.filter((result) => result.nic === nic).map(({ pool }) => pool);
    const ifname = hits.find(({ result }) => result.nic === nic)?.nic ?? nic;
    await noteInJournal(deps, report, { ifname, pools });
  }
  const settled = await Promise.allSettled(hits.map((hit) => setAside(deps, { ...report, hit }, deadline)));
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  const { clock, config: { maxHistory } } = deps;
  const write = { now: new Date(clock.now()).toISOString(), maxHistory, nics };
  await deps.endpoints.alter(endpoint, (existing) => emptiedEndpoint(existing, write), deadline);
}

/** Upstream leaves the NIC of an entry open in its unnamed mode; the report says it then. */
function hitOf(result: IpamResult, conflicts: readonly ConflictIP[]): Hit[] {
  const address = formatAddress(result.address);
  const found = conflicts.find(({ ip, nic = "" }) =>
    ip === address && (nic === "" || result.nic === "" || nic === result.nic)
  );
  return found === undefined ? [] : [{ result, address, mac: found.mac, nic: result.nic || (found.nic ?? "") }];
}

async function setAside(
  deps: IpamDeps,
  { args, podUid, hit }: ConflictRelease & { readonly hit: Hit },
  deadline: Deadline,
): Promise<void> {
  const { claims, config: { nodeName, conflictQuarantineMs = DEFAULT_QUARANTINE_MS }, log } = deps;
  const { address, mac, nic, result: { pool } } = hit;
  const { addresses: [found] } = await claims.quarantine({
    kind: "quarantine",
    pool,
    identity: { pod: podKey(args), podUid, nic, node: nodeName },
    addresses: [mac === undefined ? { address } : { address, mac }],
    forMs: conflictQuarantineMs,
  }, deadline);
  const fields = { pod: podKey(args), podUid, ifname: nic, pool, address, mac };
  if (found === undefined) return log.warn("an address in conflict was not the Pod's any more", fields);
  const { expiresMs } = found;
  const until = expiresMs === undefined ? undefined : new Date(expiresMs).toISOString();
  log.warn("set an address aside: somebody else in the network has it", { ...fields, until });
  const { podNamespace, podName } = args;
  deps.onQuarantined?.({ podNamespace, podName, podUid, nic, pool, address, mac, expiresMs });
}

/** Adds the NIC's pools to its journal entry, or makes one: the next ADD of the NIC, a DEL or the recovery ends it. */
async function noteInJournal(
  { clock, journal }: IpamDeps,
  { args, podUid }: ConflictRelease,
  { ifname, pools }: { readonly ifname: string; readonly pools: readonly string[] },
): Promise<void> {
  const former = await journal.get({ podUid, ifname });
  await journal.put({
    podUid,
    ifname,
    podNamespace: args.podNamespace,
    podName: args.podName,
    containerId: args.containerID,
    pools: [...new Set([...former?.pools ?? [], ...pools])],
    startedAt: former?.startedAt ?? new Date(clock.now()).toISOString(),
  });
}

function wrongInput(detail: string): IpamError {
  return new IpamError("wrong-input", detail, { action: "Cannot release addresses" });
}
