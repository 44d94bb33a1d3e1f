import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { endpointViewOf } from "../../crd/ipam/endpoint_view.ts";
import { vmiNameOf } from "../../crd/ipam/virtual_machine.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";
import type { WorkloadEndpointStatus } from "../api/types.ts";
import { withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { endpointKeyOfPod } from "./endpoint_facts.ts";
import type { PodArgs } from "./pod_lookup.ts";
import { poolsNaming } from "./pools_naming.ts";

/** A Pod and its endpoint as the API server has them now. */
export interface FoundEndpoint {
  readonly pod: Pod | undefined;
  readonly endpoint: SpiderEndpoint | undefined;
}

/**
 * Finds the endpoint of the Pod that `args` names. That of a VM has the VM's name: the Pod tells it, and when that has
 * gone the records of its UID do.
 */
export async function findEndpoint(
  deps: Pick<IpamDeps, "view" | "endpoints" | "config" | "reads">,
  args: PodArgs,
  signal: AbortSignal,
): Promise<FoundEndpoint> {
  const { view, endpoints, config: { features } } = deps;
  const key = { namespace: args.podNamespace, name: args.podName };
  const [pod, byPodName] = await Promise.all([view.livePod(key, signal), endpoints.get(key, signal)]);
  if (!features.enableKubevirt || byPodName !== undefined) return { pod, endpoint: byPodName };
  const name = pod === undefined ? await recordedName(deps, args, signal) : endpointKeyOfPod(pod, features).name;
  if (name === undefined || name === args.podName) return { pod, endpoint: undefined };
  return { pod, endpoint: await endpoints.get({ ...key, name }, signal) };
}

/**
 * Like {@linkcode findEndpoint}, for a DEL: what cannot have changed is not asked for. The endpoint of a Pod that was
 * served here is known, and so is the end of a Pod that the watch has shown; who writes on these grounds is refused if
 * the endpoint is another one by now.
 */
export async function findEnding(
  deps: Pick<IpamDeps, "view" | "endpoints" | "config" | "reads">,
  args: PodArgs,
  signal: AbortSignal,
): Promise<FoundEndpoint> {
  const { view, endpoints } = deps;
  const key = { namespace: args.podNamespace, name: args.podName };
  const endpoint = endpoints.known(key, args.podUID);
  if (endpoint === undefined) return await findEndpoint(deps, args, signal);
  const { pod } = view.endOf(key, args.podUID) ?? { pod: await view.livePod(key, signal) };
  return { pod, endpoint };
}

/**
 * What the endpoint of that name says, or that of the VM which the Pod of that name runs; `undefined` if there is none.
 *
 * @throws {LateError} when the API server does not tell in time
 */
export function endpointInTime(
  deps: Pick<IpamDeps, "view" | "endpoints" | "config" | "clock">,
  key: Required<ObjectKey>,
  signal: AbortSignal,
): Promise<WorkloadEndpointStatus | undefined> {
  const { clock, config: { deadlineMs: ms } } = deps;
  return withDeadline({ clock, ms, signal, action: "Cannot read SpiderEndpoint" }, async ({ signal }) => {
    const endpoint = await endpointOf(deps, key, signal);
    return endpoint === undefined ? undefined : endpointViewOf(endpoint);
  });
}

async function endpointOf(
  { view, endpoints, config: { features } }: Pick<IpamDeps, "view" | "endpoints" | "config">,
  key: Required<ObjectKey>,
  signal: AbortSignal,
): Promise<SpiderEndpoint | undefined> {
  const endpoint = await endpoints.get(key, signal);
  if (endpoint !== undefined || !features.enableKubevirt) return endpoint;
  const pod = view.cachedPod(key) ?? await view.livePod(key, signal);
  const name = pod === undefined ? undefined : vmiNameOf(pod);
  return name === undefined ? undefined : await endpoints.get({ ...key, name }, signal);
}

/** Name under which pools record what the UID holds; `undefined` when they hold nothing of it. */
async function recordedName(
  deps: Pick<IpamDeps, "reads">,
  { podNamespace, podUID }: PodArgs,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (podUID === "") return undefined;
  const pods = (await poolsNaming(deps, podUID, signal)).flatMap((naming) => naming.pods);
  const prefix = `${podNamespace}/`;
  return pods.find((pod) => pod.startsWith(prefix))?.slice(prefix.length);
}
