/** What the `spiderpool` plugin asks for the verbs GC and STATUS: this project's own part of the contract. */

/** Body of `POST /v1/ipam/gc`. */
export interface IpamGcArgs {
  /** Name of the CNI network. */
  networkName: string;
  /** Everything that the runtime still has in this network; at most {@linkcode MAX_VALID_ATTACHMENTS}. */
  validAttachments: IpamAttachment[];
}

/** Most attachments that one GC may name: a node has a few hundred Pods. */
export const MAX_VALID_ATTACHMENTS = 10_000;

/** One link of one container. */
export interface IpamAttachment {
  containerID: string;
  ifName: string;
}

/** Answer of `POST /v1/ipam/gc`. */
export interface IpamGcResponse {
  freed: FreedAttachment[];
  /** Attachments that the runtime does not have any more, and whose addresses stay all the same. */
  kept: number;
}

/** An attachment whose addresses were freed. */
export interface FreedAttachment extends IpamAttachment {
  podNamespace: string;
  podName: string;
  /** Canonical text, without prefix length; none when another request had freed them before. */
  addresses: string[];
}

/** Query of `GET /v1/ipam/capacity`: pools as the CNI configuration names them, or patterns. */
export interface IpamCapacityQuery {
  readonly defaultIPv4IPPool: readonly string[];
  readonly defaultIPv6IPPool: readonly string[];
}

/** Answer of `GET /v1/ipam/capacity`. */
export interface IpamCapacity {
  families: FamilyCapacity[];
}

/** Whether pools of one family have an address for a Pod of this node. */
export interface FamilyCapacity {
  version: 4 | 6;
  /** Names of the pools that were meant, whether they are there or not. */
  pools: string[];
  hasFree: boolean;
}
