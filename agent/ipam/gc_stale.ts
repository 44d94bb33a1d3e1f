import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { attachmentsOf } from "../../crd/ipam/attachments.ts";
import type { IpamGcArgs } from "../api/gc_types.ts";

/** What one GC is about. */
export interface GcScope {
  readonly nodeName: string;
  /** Name of the CNI network. */
  readonly network: string;
  /** Whether the runtime still has this link of this container in the network. */
  isValid(containerId: string, nic: string): boolean;
}

/** A NIC of an endpoint whose container the runtime does not have any more. */
export interface StaleNic {
  readonly nic: string;
  readonly containerId: string;
}

/** What the request of a GC is about, on this node. */
export function gcScopeOf({ networkName, validAttachments }: IpamGcArgs, nodeName: string): GcScope {
  const valid = new Set(validAttachments.map(({ containerID, ifName }) => keyOf(containerID, ifName)));
  return { nodeName, network: networkName, isValid: (containerId, nic) => valid.has(keyOf(containerId, nic)) };
}

/**
 * NICs of an endpoint that a GC may free if their Pod needs them no more: of this node, added by this network, and not
 * among what the runtime still has. A NIC whose network nobody recorded is left to the controller: an ADD of
 * upstream's plugin, or one that has not come yet. A NIC that the runtime has with an earlier container is not stale:
 * an ADD of that one may have ended late.
 */
export function staleNicsOf(endpoint: SpiderEndpoint, scope: GcScope): readonly StaleNic[] {
  if (endpoint.status?.current.node !== scope.nodeName) return [];
  const attachments = attachmentsOf(endpoint.metadata.annotations?.[annotationKeys.attachments]);
  const ofNetwork = Object.entries(attachments).filter(([, { network }]) => network === scope.network);
  return ofNetwork
    .filter(([nic, { containerId, former = [] }]) => ![containerId, ...former].some((id) => scope.isValid(id, nic)))
    .map(([nic, { containerId }]) => ({ nic, containerId }));
}

/** Neither part of a checked request has a slash; one that does only keeps addresses. */
function keyOf(containerId: string, nic: string): string {
  return `${containerId}/${nic}`;
}
