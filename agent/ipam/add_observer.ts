import type { Log } from "../../net/base/log.ts";
import type { Decision, FamilyDecision, PoolVerdict } from "../../crd/ipam/decision.ts";
import { isPodUid } from "../../crd/ipam/pod_identity.ts";
import type { AddEnd, AddObserver } from "./add_trace.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { AddMemory } from "./explain_memory.ts";
import type { PodEvents } from "./pod_events.ts";

/** Who hears of the end of an ADD. */
export interface AddObserverDeps {
  readonly log: Log;
  readonly view: Pick<ClusterView, "cachedPod">;
  readonly memory: AddMemory;
  /** @default nobody */
  readonly events?: PodEvents | undefined;
}

/** Tells the end of every ADD to the log (one debug line), to the Pod's Events and to the memory of `explain`. */
export function addObserver({ log, view, memory, events }: AddObserverDeps): AddObserver {
  return {
    ended(end) {
      if (log.isDebug ?? true) {
        const { decision } = end;
        if (decision !== undefined) log.debug("decided ADD", decisionFields(decision));
      }
      if (end.isCancelled) return;
      memory.note(end);
      if (events !== undefined && (end.err !== undefined || end.notes.length > 0)) tell(events, end);
    },
  };

  function tell(events: PodEvents, { args, notes, err }: AddEnd): void {
    const pod = view.cachedPod({ namespace: args.podNamespace, name: args.podName });
    if (pod === undefined || (args.podUID !== "" && !isPodUid(pod, args.podUID))) return;
    for (const note of notes) events.noted(pod, note);
    if (err !== undefined) events.allocationFailed(pod, args.ifName, err);
  }
}

/** A decision as fields of one log line. */
export function decisionFields(decision: Decision): Record<string, unknown> {
  const { pod, podUid, nic, topController, keptBy, endpoint, sources, families, notes, refusal } = decision;
  return {
    pod,
    podUid,
    ifname: nic,
    owner: `${topController.kind} ${topController.namespace}/${topController.name}`,
    ...(keptBy === undefined ? {} : { keptBy }),
    endpoint: endpoint.code,
    sources: sources.filter(({ verdict }) => verdict !== "not-asked").map(({ source, verdict }) =>
      `${source} ${verdict}`
    ),
    families: families.map(familyFields),
    ...(notes.length === 0 ? {} : { notes: notes.map(({ code }) => code) }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** Pools named in one line; a source may name thousands by one pattern. */
const MAX_POOLS = 32;

function familyFields({ nic, family, source, pools, address }: FamilyDecision): Record<string, unknown> {
  return {
    ifname: nic,
    family,
    source,
    pools: pools.slice(0, MAX_POOLS).map(({ name, verdict }) => `${name} ${verdictWord(verdict)}`),
    ...(address === undefined ? {} : { address: address.address, why: address.why }),
  };
}

function verdictWord(verdict: PoolVerdict): string {
  return verdict.code === "refused" ? verdict.reason.code : verdict.code;
}
