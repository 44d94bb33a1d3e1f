import type { Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { type Attachments, attachmentsOf } from "./attachments.ts";
import { isPodAlive } from "./pod_alive.ts";
import { isPodUid, podUidOf } from "./pod_identity.ts";

/** What is known when a DEL arrives. */
export interface ReleaseFacts {
  /** `podUID` of the request; `""` when the runtime did not say. */
  readonly podUid: string;
  readonly containerId: string;
  readonly ifname: string;
  /** The Pod of that name as the API server has it now. */
  readonly pod: Pod | undefined;
  /** The SpiderEndpoint of that name as the API server has it now. */
  readonly endpoint: SpiderEndpoint | undefined;
  /** Whether the endpoint's owner keeps its addresses: a StatefulSet that still wants this Pod. */
  readonly isKeptForOwner: boolean;
}

/** Why a DEL frees nothing. */
export type KeepReason =
  /** The Pod lives: its sandbox is made anew. */
  | "pod-alive"
  /** The Pod's last ADD was another container's: this DEL is late. */
  | "newer-container"
  /** A StatefulSet wants its Pod back at these addresses. */
  | "kept-for-owner"
  /** Neither UID nor container ID says whose addresses are meant; garbage collection frees them. */
  | "unknown-owner";

/** What a DEL frees. */
export type ReleaseDecision =
  | { readonly kind: "keep"; readonly reason: KeepReason }
  /** `endpoint`: the pools it lists hold everything; otherwise every pool is to be looked through. */
  | { readonly kind: "free"; readonly podUid: string; readonly endpoint: SpiderEndpoint | undefined };

/**
 * Decides what a DEL frees (claim protocol, rule 6). The request's own UID counts, never that of a Pod which has the
 * name by now: an older incarnation's addresses are freed although the name lives on, and the new one's are not.
 */
export function decideRelease(facts: ReleaseFacts): ReleaseDecision {
  const { pod, endpoint, containerId, ifname } = facts;
  const podUid = uidMeant(facts);
  if (podUid === undefined) return { kind: "keep", reason: "unknown-owner" };
  const current = endpoint?.status?.current.uid === podUid ? endpoint : undefined;
  if (pod !== undefined && podUidOf(pod) === podUid) {
    if (isPodAlive(pod)) return { kind: "keep", reason: "pod-alive" };
    if (isSuperseded(attachments(current), { ifname, containerId })) return { kind: "keep", reason: "newer-container" };
  }
  if (facts.isKeptForOwner) return { kind: "keep", reason: "kept-for-owner" };
  return { kind: "free", podUid, endpoint: current };
}

/**
 * Whether another container's ADD came last. A DEL frees the whole Pod, so for a NIC without an ADD of its own (that of
 * the old sandbox failed) the other NICs tell.
 */
function isSuperseded(
  attachments: Attachments,
  { ifname, containerId }: { ifname: string; containerId: string },
): boolean {
  const own = attachments[ifname];
  const last = own === undefined ? Object.values(attachments) : [own];
  return last.length > 0 && !last.some((attachment) => attachment.containerId === containerId);
}

/** The UID whose addresses are meant. Without one in the request, the container ID of an ADD tells. */
function uidMeant({ podUid, containerId, pod, endpoint }: ReleaseFacts): string | undefined {
  if (podUid !== "") return pod !== undefined && isPodUid(pod, podUid) ? podUidOf(pod) : podUid;
  const isKnown = Object.values(attachments(endpoint)).some((attachment) => attachment.containerId === containerId);
  return isKnown ? endpoint?.status?.current.uid : undefined;
}

function attachments(endpoint: SpiderEndpoint | undefined): Attachments {
  return attachmentsOf(endpoint?.metadata.annotations?.[annotationKeys.attachments]);
}
