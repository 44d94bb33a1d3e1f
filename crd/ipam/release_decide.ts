import type { Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { type Attachments, attachmentsOf } from "./attachments.ts";
import { isPodAlive } from "./pod_alive.ts";
import { isPodUid, podUidOf } from "./pod_identity.ts";
import { isSameStaticPod } from "./static_pod.ts";

/** What is known when a DEL arrives. */
export interface ReleaseFacts {
  /** `podUID` of the request; `""` when the runtime did not say. */
  readonly podUid: string;
  readonly containerId: string;
  readonly ifname: string;
  /** The Pod of that name as the API server has it now. */
  readonly pod: Pod | undefined;
  /** The SpiderEndpoint of that name, or of the Pod's VM, as the API server has it now. */
  readonly endpoint: SpiderEndpoint | undefined;
  /** Whether the endpoint's owner keeps its addresses: a StatefulSet that still wants this Pod, or a VM. */
  readonly isKeptForOwner: boolean;
  /** Whether the endpoint belongs to a name, and whichever Pod had the name last is in it. @default false */
  readonly isFixed?: boolean;
  /** Whether another Pod of the owner still runs with the same addresses: a VM migrates. @default false */
  readonly isShared?: boolean;
  /** Whether the endpoint is a VM's: several Pods may have been in it, and what one left may be in use by another. @default false */
  readonly isVm?: boolean;
  /** Whether a later sandbox of the Pod was seen at work; `undefined`: nobody has seen any. */
  readonly isOlderSandbox?: boolean | undefined;
}

/** Why a DEL frees nothing. */
export type KeepReason =
  /** The Pod lives: its sandbox is made anew. */
  | "pod-alive"
  /** The Pod's last ADD was another container's: this DEL is late. */
  | "newer-container"
  /** A StatefulSet or a VM wants its Pod back at these addresses. */
  | "kept-for-owner"
  /** The VM's other Pod still runs with these addresses; its DEL frees them. */
  | "shared-with-pod"
  /** Neither UID nor container ID says whose addresses are meant; garbage collection frees them. */
  | "unknown-owner";

/** What a DEL frees. */
export type ReleaseDecision =
  | { readonly kind: "keep"; readonly reason: KeepReason }
  | {
    readonly kind: "free";
    /** UID of the records. */
    readonly podUid: string;
    /** It ends, too, and the pools it lists hold everything; otherwise every pool is to be looked through. */
    readonly endpoint: SpiderEndpoint | undefined;
    /** Whether what the endpoint lists goes whichever incarnation it is recorded for: the name is at its end. */
    readonly isWhole: boolean;
  };

/**
 * Decides what a DEL frees (claim protocol, rule 6). The request's own UID counts, never that of a Pod which has the
 * name by now: an older incarnation's addresses are freed although the name lives on, and the new one's are not.
 */
export function decideRelease(facts: ReleaseFacts): ReleaseDecision {
  const { pod, endpoint } = facts;
  const podUid = uidMeant(facts);
  if (podUid === undefined) return { kind: "keep", reason: "unknown-owner" };
  const current = endpoint?.status?.current.uid === podUid ? endpoint : undefined;
  const own = pod !== undefined && isPodMeant(pod, { ...facts, meant: podUid }) ? pod : undefined;
  if (own !== undefined) {
    if (isPodAlive(own)) return { kind: "keep", reason: "pod-alive" };
    if (isLate(facts, current)) return { kind: "keep", reason: "newer-container" };
  }
  if (facts.isKeptForOwner) return { kind: "keep", reason: "kept-for-owner" };
  if (facts.isShared === true) return { kind: "keep", reason: "shared-with-pod" };
  const isWhole = facts.isFixed === true && endpoint !== undefined && (pod === undefined || own !== undefined);
  return { kind: "free", podUid, endpoint: isWhole ? endpoint : current, isWhole };
}

/** Whether another sandbox of the Pod is to be ended yet. @param current the endpoint, if it is the Pod's */
function isLate(facts: ReleaseFacts, current: SpiderEndpoint | undefined): boolean {
  const { endpoint, isVm = false, isOlderSandbox } = facts;
  if (current !== undefined || !isVm) return isSuperseded(attachments(current), facts);
  return isOlderSandbox ?? isBeforeOthers(attachments(endpoint), facts.containerId);
}

/**
 * Whether a VM's endpoint that another of its Pods had last knows of sandboxes before that one's, and of another as the
 * last of them. After a migration in vain it is the source's, which still runs.
 */
function isBeforeOthers(attachments: Attachments, containerId: string): boolean {
  const last = Object.values(attachments).flatMap(({ former = [] }) => former.slice(-1));
  return last.length > 0 && !last.includes(containerId);
}

/** Whether the Pod that has the name now is the one whose attachment ends. */
function isPodMeant(pod: Pod, { podUid, meant, endpoint }: ReleaseFacts & { readonly meant: string }): boolean {
  return podUid === "" ? isPodUid(pod, meant) || isSameStaticPod(endpoint, pod) : isPodUid(pod, podUid);
}

/**
 * Whether another container's ADD came last. A DEL frees the whole Pod, so for a NIC without an ADD of its own (that of
 * the old sandbox failed) the other NICs tell.
 */
export function isSuperseded(
  attachments: Attachments,
  { ifname, containerId }: Pick<ReleaseFacts, "ifname" | "containerId">,
): boolean {
  const own = attachments[ifname];
  const last = own === undefined ? Object.values(attachments) : [own];
  return last.length > 0 && !last.some((attachment) => attachment.containerId === containerId);
}

/** The UID whose addresses are meant. Without one in the request, the container ID of an ADD tells. */
export function uidMeant(
  { podUid, containerId, pod, endpoint }: Pick<ReleaseFacts, "podUid" | "containerId" | "pod" | "endpoint">,
): string | undefined {
  const recorded = endpoint?.status?.current.uid;
  const known = Object.values(attachments(endpoint));
  if (podUid === "") return known.some((attachment) => attachment.containerId === containerId) ? recorded : undefined;
  if (known.some(({ runtimeUid }) => runtimeUid === podUid)) return recorded;
  if (pod === undefined || !isPodUid(pod, podUid)) return podUid;
  return isSameStaticPod(endpoint, pod) ? recorded : podUidOf(pod);
}

function attachments(endpoint: SpiderEndpoint | undefined): Attachments {
  return attachmentsOf(endpoint?.metadata.annotations?.[annotationKeys.attachments]);
}
