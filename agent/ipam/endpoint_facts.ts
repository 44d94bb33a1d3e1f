import { formatAddress } from "../../net/ip/address.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { endpointNameOf, type EndpointOwner, fixedAddressOf, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { isSameStaticPod } from "../../crd/ipam/static_pod.ts";
import { vmiNameOf } from "../../crd/ipam/virtual_machine.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";

/** Name of the owner's endpoint. */
export function endpointKeyOf(owner: EndpointOwner): ObjectKey {
  return { namespace: owner.pod.metadata.namespace ?? "", name: endpointNameOf(owner) };
}

/** Name of the endpoint of a Pod whose top controller is not known: its VM's, else its own. */
export function endpointKeyOfPod({ metadata, ...rest }: Pod, { enableKubevirt }: EndpointOwner["features"]): ObjectKey {
  const { namespace = "", name } = metadata;
  const vmi = enableKubevirt ? vmiNameOf({ metadata, ...rest }) : undefined;
  return { namespace, name: vmi ?? name };
}

/** Canonical addresses by NIC that `endpoint` lists, if it is of this incarnation; else nothing. */
export function heldBy(endpoint: SpiderEndpoint | undefined, podUid: string): ReadonlyMap<string, readonly string[]> {
  return endpoint?.status?.current.uid === podUid ? addressesByNic(endpoint) : new Map();
}

/**
 * Canonical addresses that a failing ADD must not give back: what the endpoint lists for this incarnation, and for an
 * owner with fixed addresses whatever it lists.
 */
export function keptAddresses(
  endpoint: SpiderEndpoint | undefined,
  { owner, podUid }: { owner: EndpointOwner; podUid: string },
): readonly string[] {
  const isOfName = endpoint !== undefined &&
    (fixedAddressOf(owner) !== undefined || isSameStaticPod(endpoint, owner.pod));
  return [...(isOfName ? addressesByNic(endpoint) : heldBy(endpoint, podUid)).values()].flat();
}

/**
 * Why what the endpoint lists stays when its Pod goes; `undefined` if it does not. The kind of the owner stands there
 * without its API group: an endpoint that goes with its Pod, as that of any other kind called StatefulSet, names the Pod.
 */
export function fixedOwnerOf(
  { metadata, status }: SpiderEndpoint,
  { enableStatefulSet, enableKubevirt }: EndpointOwner["features"],
): "statefulset" | "kubevirt" | undefined {
  if (metadata.ownerReferences?.some(({ kind }) => kind === "Pod")) return undefined;
  if (enableStatefulSet && status?.ownerControllerType === "StatefulSet") return "statefulset";
  return enableKubevirt && status?.ownerControllerType === "VirtualMachineInstance" ? "kubevirt" : undefined;
}

/** Whether what the endpoint lists stays when its Pod goes; see {@linkcode fixedOwnerOf}. */
export function isFixedEndpoint(endpoint: SpiderEndpoint, features: EndpointOwner["features"]): boolean {
  return fixedOwnerOf(endpoint, features) !== undefined;
}

function addressesByNic(endpoint: SpiderEndpoint): Map<string, string[]> {
  const held = new Map<string, string[]>();
  for (const { nic, address } of resultsOfEndpoint(endpoint)) {
    held.set(nic, [...held.get(nic) ?? [], formatAddress(address)]);
  }
  return held;
}
