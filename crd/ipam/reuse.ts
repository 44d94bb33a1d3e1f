import type { SpiderEndpoint } from "../generated/mod.ts";
import type { IpamResult } from "./answer.ts";
import { resultsOfEndpoint } from "./endpoint_entry.ts";

/** Who asks for what the endpoint may already hold. */
export interface ReuseQuery {
  /** UID the Pod's addresses are recorded under. */
  readonly podUid: string;
  readonly nic: string;
  /** Whether the name is the identity and the UID only the incarnation (StatefulSet, VM). */
  readonly fixed: boolean;
}

/** What a stored endpoint is worth to an ADD (spec/ipam.md §11). */
export type Reuse =
  /** There is no endpoint, or it lists nothing for the NIC: allocate. */
  | { readonly kind: "none" }
  /** It is of an earlier Pod of the same name: its addresses are to be freed, then allocate. */
  | { readonly kind: "other-incarnation"; readonly uid: string; readonly results: readonly IpamResult[] }
  | {
    readonly kind: "reusable";
    /** Every NIC the endpoint lists. */
    readonly results: readonly IpamResult[];
    /** The endpoint; with the NIC's name in an entry that upstream had left unnamed. */
    readonly endpoint: SpiderEndpoint;
    /** Whether `endpoint` differs from what is stored. */
    readonly changed: boolean;
    /** Whether records and endpoint carry the UID of an earlier incarnation. */
    readonly reown: boolean;
  };

/** Decides whether an ADD can be answered from the endpoint. */
export function reuseOf(endpoint: SpiderEndpoint | undefined, { podUid, nic, fixed }: ReuseQuery): Reuse {
  const current = endpoint?.status?.current;
  if (endpoint === undefined || current === undefined) return { kind: "none" };
  const reown = current.uid !== podUid;
  if (reown && !fixed) {
    return { kind: "other-incarnation", uid: current.uid, results: resultsOfEndpoint(endpoint) };
  }
  const claimed = claimUnnamed(endpoint, nic);
  const results = resultsOfEndpoint(claimed);
  if (!results.some((result) => result.nic === nic)) return { kind: "none" };
  return { kind: "reusable", results, endpoint: claimed, changed: claimed !== endpoint, reown };
}

/** Upstream leaves entries without a name in its unnamed mode; each NIC takes the first of them. */
function claimUnnamed(endpoint: SpiderEndpoint, nic: string): SpiderEndpoint {
  const { status } = endpoint;
  const ips = status?.current.ips ?? [];
  const slot = ips.findIndex((entry) => entry.interface === "");
  if (status === undefined || slot === -1 || ips.some((entry) => entry.interface === nic)) return endpoint;
  const named = ips.map((entry, i) => i === slot ? { ...entry, interface: nic } : entry);
  return { ...endpoint, status: { ...status, current: { ...status.current, ips: named } } };
}
