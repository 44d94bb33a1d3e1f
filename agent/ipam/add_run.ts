import { formatAddress } from "../../net/ip/address.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import { endpointNameOf, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import type { AddTrace } from "./add_trace.ts";
import type { Need } from "./allocation.ts";
import type { Deadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { heldBy } from "./endpoint_facts.ts";
import type { JournalEntry } from "./journal.ts";
import type { NeedsContext } from "./needs.ts";

/** One ADD on its way. */
export interface AddRun extends NeedsContext, Deadline {
  readonly deps: IpamDeps;
  /** What an earlier ADD of this attachment left in the journal. */
  readonly unfinished: JournalEntry | undefined;
  /** Container IDs of the Pod's sandboxes that came before this one. */
  readonly formerSandboxes: readonly string[];
  /** Notes that a pool holds records of the Pod which this ADD cannot account for. */
  readonly noteLeftovers: () => void;
  readonly hasLeftovers: () => boolean;
  /** Whether a VM migrates to the Pod, and its other one still answers for the addresses. */
  readonly isMigrationTarget: boolean;
  readonly trace: AddTrace;
}

/** Name under which pools record the Pod's addresses: a VM's own. */
export function recordPod({ args, owner }: Pick<AddRun, "args" | "owner">): string {
  return `${args.podNamespace}/${endpointNameOf(owner)}`;
}

/** With what the run claims. */
export function contextOf({ deps, args, owner, podUid, endpoint, deadlineMs, signal }: AddRun) {
  return {
    claims: deps.claims,
    owner: { pod: recordPod({ args, owner }), podUid, node: deps.config.nodeName },
    held: heldBy(endpoint, podUid),
    deadlineMs,
    signal,
  };
}

/** What an ADD with this entry may still hold beyond what the endpoint lists now. */
export function beyond(results: readonly IpamResult[], { pools }: JournalEntry) {
  return { pools, keep: results.map(({ address }) => formatAddress(address)) };
}

/** The journal entry of the run: `needs` join what an earlier round named. */
export function journalEntry(
  { args, owner, podUid, endpoint, deps }: AddRun,
  { needs, former }: { needs: readonly Need[]; former: JournalEntry | undefined },
): JournalEntry {
  const listed = endpoint?.status?.current.uid === podUid ? resultsOfEndpoint(endpoint).map(({ pool }) => pool) : [];
  const pools = [...needs.flatMap((need) => need.pools.map(({ name }) => name)), ...listed];
  return {
    podUid,
    ifname: args.ifName,
    podNamespace: args.podNamespace,
    podName: args.podName,
    ...(endpointNameOf(owner) !== args.podName && { endpointName: endpointNameOf(owner) }),
    containerId: args.containerID,
    pools: [...new Set([...former?.pools ?? [], ...pools])],
    startedAt: former?.startedAt ?? new Date(deps.clock.now()).toISOString(), // as long as it may hold anything
  };
}
