import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { EndpointOwner } from "../../crd/ipam/endpoint.ts";
import { hasPodEnded } from "../../crd/ipam/pod_alive.ts";
import { isWantedOrdinal, ordinalOfPod } from "../../crd/ipam/statefulset_ordinal.ts";
import { createdByLabel, isWantedVm, launcherSelectorOf, vmiNameOf } from "../../crd/ipam/virtual_machine.ts";
import type { IpamDeps } from "./deps.ts";
import { fixedOwnerOf } from "./endpoint_facts.ts";

/** What a DEL has to know of an owner that keeps its addresses. */
export interface FixedOwner {
  /** Whether it wants its Pod back at them. */
  readonly isKeptForOwner: boolean;
  readonly isFixed: boolean;
  /** Whether another Pod of it still runs with them. */
  readonly isShared: boolean;
  readonly isVm: boolean;
}

const none: FixedOwner = { isKeptForOwner: false, isFixed: false, isShared: false, isVm: false };

/**
 * Asks the endpoint's owner, which the endpoint itself names: the Pod may be gone. An endpoint that is being deleted is
 * kept for nobody.
 */
export async function fixedOwner(
  { config, reads }: Pick<IpamDeps, "config" | "reads">,
  { pod, endpoint }: { readonly pod: Pod | undefined; readonly endpoint: SpiderEndpoint | undefined },
  signal: AbortSignal,
): Promise<FixedOwner> {
  const kind = endpoint && fixedOwnerOf(endpoint, config.features);
  if (endpoint === undefined || kind === undefined) return none;
  const isEnding = endpoint.metadata.deletionTimestamp !== undefined;
  const isWanted = kind === "statefulset" ? isWantedBySet : isWantedByVm;
  const isKeptForOwner = !isEnding && await isWanted(endpoint, reads, signal);
  const isVm = kind === "kubevirt";
  const isShared = isVm && !isKeptForOwner && await runsElsewhere(reads, { pod, endpoint }, signal);
  return { isKeptForOwner, isFixed: true, isShared, isVm };
}

async function isWantedBySet(
  { metadata: { name, namespace = "" } }: SpiderEndpoint,
  { statefulSets }: IpamDeps["reads"],
  signal: AbortSignal,
): Promise<boolean> {
  const statefulSet = ordinalOfPod(name)?.statefulSet;
  if (statefulSet === undefined) return false;
  return isWantedOrdinal(name, await statefulSets.tryGet({ namespace, name: statefulSet }, { signal }));
}

async function isWantedByVm(
  { metadata: { name, namespace = "" } }: SpiderEndpoint,
  { virtualMachineInstances, virtualMachines }: IpamDeps["reads"],
  signal: AbortSignal,
): Promise<boolean> {
  const [vmi, vm] = await Promise.all([
    virtualMachineInstances.tryGet({ namespace, name }, { signal }),
    virtualMachines.tryGet({ namespace, name }, { signal }),
  ]);
  return isWantedVm({ vmi, vm });
}

/** Whether what is recorded for a UID may be in use. */
export type MayBeInUse = (podUid: string) => boolean;

/**
 * Whose records of the endpoint's name may be in use right now, `podUid` left aside. Names are unique: whoever held an
 * address before this is read and is not there any more has gone for good. A Pod that runs the VM may use what is
 * recorded for one that has gone: after a migration in vain it has the UID of the target.
 */
export async function usersNow(
  { config, reads: { pods } }: { readonly config: Pick<EndpointOwner, "features"> } & {
    readonly reads: { readonly pods: Pick<IpamDeps["reads"]["pods"], "tryGet" | "listAll"> };
  },
  { endpoint, podUid }: { readonly endpoint: SpiderEndpoint; readonly podUid: string },
  signal: AbortSignal,
): Promise<MayBeInUse> {
  const { name, namespace = "" } = endpoint.metadata;
  if (fixedOwnerOf(endpoint, config.features) !== "kubevirt") {
    const now = await pods.tryGet({ namespace, name }, { signal });
    return (uid) => uid === now?.metadata.uid;
  }
  const launchers = await launchersOf(endpoint, pods, signal);
  if (launchers.some((pod) => pod.metadata.uid !== podUid && !hasPodEnded(pod))) return () => true;
  const uids = new Set(launchers.map(({ metadata }) => metadata.uid));
  return (uid) => uids.has(uid);
}

/**
 * Whether the VM runs in another Pod as well: one that has not ended, terminating or not. It may use addresses that are
 * recorded for a Pod which has gone: after a migration in vain they still have the UID of the Pod that was its target.
 *
 * @param found a VM's endpoint, and the Pod in question; `undefined` when that has gone
 */
export async function runsElsewhere(
  { pods }: Pick<IpamDeps["reads"], "pods">,
  { pod, endpoint }: { readonly pod: Pod | undefined; readonly endpoint: SpiderEndpoint },
  signal: AbortSignal,
): Promise<boolean> {
  if (pod === undefined) return (await launchersOf(endpoint, pods, signal)).some((other) => !hasPodEnded(other));
  const labelSelector = launcherSelectorOf(pod);
  if (labelSelector === undefined) return false;
  const { items } = await pods.listAll({ namespace: pod.metadata.namespace, labelSelector, signal });
  return items.some((other) => other.metadata.uid !== pod.metadata.uid && !hasPodEnded(other));
}

/** The Pods that run the VM of the endpoint's name, whichever of its instances made them. */
async function launchersOf(
  { metadata: { name, namespace = "" } }: SpiderEndpoint,
  pods: Pick<IpamDeps["reads"]["pods"], "listAll">,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const { items } = await pods.listAll({ namespace, labelSelector: createdByLabel, signal });
  return items.filter((pod) => vmiNameOf(pod) === name);
}
