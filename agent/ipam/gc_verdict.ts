import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { attachmentsOf } from "../../crd/ipam/attachments.ts";
import { decideRelease, type KeepReason, type ReleaseDecision } from "../../crd/ipam/release_decide.ts";
import type { FixedOwner } from "./fixed_owner.ts";
import type { StaleNic } from "./gc_stale.ts";

/** What is known of an endpoint with NICs that the runtime does not have any more; Pod and endpoint are live reads. */
export interface GcFacts {
  readonly endpoint: SpiderEndpoint;
  readonly pod: Pod | undefined;
  /** At least one. */
  readonly stale: readonly StaleNic[];
  readonly owner: FixedOwner;
  /** Whether an ADD of this container ended so short a time ago that the runtime may not have listed it yet. */
  wasAddedLately(containerId: string): boolean;
}

/** What a GC frees of one endpoint. */
export type GcVerdict =
  | { readonly kind: "keep"; readonly reason: KeepReason | "added-lately" | "other-nics" }
  /** The Pod has nothing else: as a DEL ends it. */
  | { readonly kind: "end"; readonly decision: Extract<ReleaseDecision, { kind: "free" }>; readonly nics: StaleNics }
  /** Other networks have the Pod's other NICs. */
  | { readonly kind: "nics"; readonly podUid: string; readonly nics: StaleNics };

type StaleNics = readonly StaleNic[];

/**
 * Decides what a GC frees: what a DEL of each stale NIC would, but of other NICs nothing. A living Pod keeps its
 * addresses: it gets them again in its next sandbox.
 */
export function gcVerdict(facts: GcFacts): GcVerdict {
  const nics = facts.stale.filter(({ containerId }) => !facts.wasAddedLately(containerId));
  if (nics.length === 0) return { kind: "keep", reason: "added-lately" };
  const decisions = nics.map((nic) => decisionOf(nic, facts));
  const kept = decisions.find((decision) => decision.kind === "keep");
  if (kept !== undefined) return kept;
  const [decision] = decisions.filter((decision) => decision.kind === "free");
  if (decision === undefined) throw new TypeError("Cannot decide about an endpoint without a stale NIC");
  const going = new Set(nics.map(({ nic }) => nic));
  const listed = facts.endpoint.status?.current.ips ?? [];
  if (listed.every((entry) => going.has(entry.interface))) return { kind: "end", decision, nics };
  // What a name keeps is condemned as a whole before it is freed.
  if (facts.owner.isFixed) return { kind: "keep", reason: "other-nics" };
  return { kind: "nics", podUid: decision.podUid, nics };
}

/** As a DEL of that NIC, by the UID under which the runtime knows the Pod. */
function decisionOf({ nic, containerId }: StaleNic, { endpoint, pod, owner }: GcFacts): ReleaseDecision {
  const attachments = attachmentsOf(endpoint.metadata.annotations?.[annotationKeys.attachments]);
  const podUid = attachments[nic]?.runtimeUid ?? endpoint.status?.current.uid ?? "";
  return decideRelease({ podUid, containerId, ifname: nic, pod, endpoint, ...owner });
}
