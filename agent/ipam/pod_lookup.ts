import type { Pod } from "../../crd/core/mod.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { deadReasonOf, formatDeadReason } from "../../crd/ipam/pod_alive.ts";
import { isPodUid, podUidOf, staticUidOf } from "../../crd/ipam/pod_identity.ts";
import type { ClusterView } from "./cluster_view.ts";
import { podKey } from "./running_adds.ts";

/** How a request names its Pod. */
export interface PodArgs {
  readonly podNamespace: string;
  readonly podName: string;
  /** `""` when the runtime does not say. */
  readonly podUID: string;
}

/**
 * The Pod that `args` means, alive: from the watch when that knows this UID, else as the API server has it now.
 *
 * @throws {IpamError} `pod-not-found`, `pod-uid-mismatch` or `dead-pod`
 */
export async function podFor(
  view: Pick<ClusterView, "cachedPod" | "livePod">,
  args: PodArgs,
  signal: AbortSignal,
): Promise<Pod> {
  const cached = view.cachedPod({ namespace: args.podNamespace, name: args.podName });
  // Without a UID to compare, only the API server knows which incarnation has the name now.
  const known = cached !== undefined && args.podUID !== "" && isMeant(cached, args) ? cached : undefined;
  const pod = known ?? await livePodFor(view, args, signal);
  const dead = deadReasonOf(pod);
  if (dead === undefined) return pod;
  throw new IpamError("dead-pod", `Pod "${podKey(args)}" ${formatDeadReason(dead)}`);
}

/**
 * The Pod that `args` means, as the API server has it now.
 *
 * @throws {IpamError} `pod-not-found`, or `pod-uid-mismatch` if another Pod has the name by now
 */
export async function livePodFor(view: Pick<ClusterView, "livePod">, args: PodArgs, signal: AbortSignal): Promise<Pod> {
  const pod = await view.livePod({ namespace: args.podNamespace, name: args.podName }, signal);
  if (pod === undefined) {
    throw new IpamError("pod-not-found", `there is no Pod "${podKey(args)}" in the API`);
  }
  if (isMeant(pod, args)) return pod;
  throw new IpamError(
    "pod-uid-mismatch",
    `Pod "${podKey(args)}" has UID "${
      staticUidOf(pod) ?? podUidOf(pod)
    }" by now, the runtime asks for UID "${args.podUID}"`,
  );
}

function isMeant(pod: Pod, { podUID }: PodArgs): boolean {
  return podUID === "" || isPodUid(pod, podUID);
}
