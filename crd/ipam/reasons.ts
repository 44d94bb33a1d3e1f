import type { Family } from "../../net/ip/mod.ts";

/** Why a pool was not used for one NIC and family. Facts as data; {@linkcode formatReason} makes the sentence. */
export type Reason =
  /** `spec.subnet`, `spec.gateway` or a route cannot be read. */
  | { readonly code: "spec-unreadable"; readonly field: string; readonly detail: string }
  | { readonly code: "terminating"; readonly since: string }
  | { readonly code: "disabled" }
  | { readonly code: "family"; readonly want: Family; readonly have: Family }
  | { readonly code: "node-name"; readonly node: string; readonly allowed: readonly string[] }
  | { readonly code: "node-affinity"; readonly node: string; readonly detail: string }
  | { readonly code: "namespace-name"; readonly namespace: string; readonly allowed: readonly string[] }
  | { readonly code: "namespace-affinity"; readonly namespace: string; readonly detail: string }
  | { readonly code: "pod-affinity"; readonly detail: string }
  /** An auto-created pool of another application. */
  | { readonly code: "other-application"; readonly owner: string; readonly application: string }
  /** The pool has `multusName`, but the NIC's network could not be told. */
  | { readonly code: "multus-unknown"; readonly nic: string; readonly detail: string }
  | {
    readonly code: "multus-name";
    readonly nic: string;
    readonly network: string;
    readonly allowed: readonly string[];
  }
  | { readonly code: "master-subnet"; readonly subnet: string; readonly addresses: readonly string[] }
  /** `detail`: what is missing, as half a sentence. */
  | { readonly code: "master-unknown"; readonly detail: string }
  /** Found while claiming: an address that the Pod's name keeps is recorded for somebody else. */
  | { readonly code: "record-of-other"; readonly address: string; readonly holder: string }
  /** Found while claiming: no free address is left. `detail` may tell counts. */
  | { readonly code: "used-out"; readonly detail?: string }
  /** Found while claiming: `SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS` records are there. */
  | { readonly code: "record-limit"; readonly limit: number }
  /** Found while claiming: the encoded records would be too large for the API server. */
  | { readonly code: "record-size"; readonly bytes: number; readonly limit: number }
  /** Found while claiming: whatever else went wrong. */
  | { readonly code: "failed"; readonly detail: string };

/** A pool that was not used, for which NIC and family, and why. */
export interface PoolReason {
  readonly pool: string;
  readonly nic: string;
  readonly family: Family;
  readonly reason: Reason;
}

/** Says {@linkcode Reason} as half a sentence that follows the name of the pool. */
export function formatReason(reason: Reason): string {
  switch (reason.code) {
    case "spec-unreadable":
      return `${reason.field} cannot be read: ${reason.detail}`;
    case "terminating":
      return `is being deleted since ${reason.since}`;
    case "disabled":
      return "is disabled (spec.disable)";
    case "family":
      return `is an IPv${reason.have} pool, IPv${reason.want} is asked for`;
    case "node-name":
      return `spec.nodeName allows ${list(reason.allowed)}, the Pod is on node ${quote(reason.node)}`;
    case "node-affinity":
      return `spec.nodeAffinity does not match node ${quote(reason.node)}: ${reason.detail}`;
    case "namespace-name":
      return `spec.namespaceName allows ${list(reason.allowed)}, the Pod is in namespace ${quote(reason.namespace)}`;
    case "namespace-affinity":
      return `spec.namespaceAffinity does not match namespace ${quote(reason.namespace)}: ${reason.detail}`;
    case "pod-affinity":
      return `spec.podAffinity does not match the Pod: ${reason.detail}`;
    case "other-application":
      return `was created for ${reason.owner}, the Pod belongs to ${reason.application}`;
    case "multus-unknown":
      return `has spec.multusName, but the network of ${quote(reason.nic)} is unknown: ${reason.detail}`;
    case "multus-name":
      return `spec.multusName allows ${list(reason.allowed)}, ${quote(reason.nic)} is on network ${
        quote(reason.network)
      }`;
    case "master-subnet":
      return `spec.subnet ${reason.subnet} holds none of the master's addresses (${
        reason.addresses.join(", ") || "it has none"
      })`;
    case "master-unknown":
      return `match_master_subnet is set, but the addresses of the NIC's master are unknown: ${reason.detail}`;
    case "record-of-other":
      return `records ${reason.address}, which this Pod keeps, for ${quote(reason.holder)}; ` +
        "delete the Pod's SpiderEndpoint to give it another address, or the record in status.allocatedIPs";
    case "used-out":
      return `all IP addresses used out${reason.detail === undefined ? "" : ` (${reason.detail})`}`;
    case "record-limit":
      return `all IP addresses used out (the limit of ${reason.limit} allocated addresses per IPPool is reached)`;
    case "record-size":
      return `all IP addresses used out (its records would take ${reason.bytes} bytes, ${reason.limit} fit)`;
    case "failed":
      return reason.detail;
    default:
      return reason satisfies never;
  }
}

/** A source may name thousands of pools by one pattern; a message is for people. */
const maxListed = 32;

/** Says why each pool was not used, the first 32 of them: `IPPool "v4a": is disabled (spec.disable); …`. */
export function formatPoolReasons(reasons: readonly PoolReason[]): string {
  const texts = reasons.slice(0, maxListed).map(({ pool, reason }) => `IPPool ${quote(pool)}: ${formatReason(reason)}`);
  if (reasons.length > maxListed) texts.push(`and ${reasons.length - maxListed} more`);
  return texts.join("; ");
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function list(items: readonly string[]): string {
  return items.map(quote).join(", ");
}
