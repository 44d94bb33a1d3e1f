import { formatAddress } from "../../net/ip/address.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { endpointNameOf, type EndpointOwner, fixedAddressOf, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";

/** Name of the owner's endpoint. */
export function endpointKeyOf(owner: EndpointOwner): ObjectKey {
  return { namespace: owner.pod.metadata.namespace ?? "", name: endpointNameOf(owner) };
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
  const isFixed = endpoint !== undefined && fixedAddressOf(owner) !== undefined;
  return [...(isFixed ? addressesByNic(endpoint) : heldBy(endpoint, podUid)).values()].flat();
}

/** Whether what the endpoint lists stays when its Pod goes: its owner is a StatefulSet. */
export function isFixedEndpoint({ status }: SpiderEndpoint, features: EndpointOwner["features"]): boolean {
  const { ownerControllerType: kind = "", ownerControllerName: name = "" } = status ?? {};
  const topController = { apiVersion: "apps/v1", kind, name, namespace: "", uid: "" };
  return fixedAddressOf({ topController, features }) === "statefulset";
}

function addressesByNic(endpoint: SpiderEndpoint): Map<string, string[]> {
  const held = new Map<string, string[]>();
  for (const { nic, address } of resultsOfEndpoint(endpoint)) {
    held.set(nic, [...held.get(nic) ?? [], formatAddress(address)]);
  }
  return held;
}
