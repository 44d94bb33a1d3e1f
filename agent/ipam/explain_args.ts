import type { ExplainArg, ExplainQuery } from "../api/explain_types.ts";
import type { IpamAddArgs } from "../api/types.ts";
import type { RememberedAdd } from "./explain_memory.ts";

/** The CNI request that a dry run assumes. */
export interface AssumedArgs {
  readonly args: IpamAddArgs;
  /** Where each of its members comes from. */
  readonly origins: readonly ExplainArg[];
  /** Whether nobody knows what pools the CNI configuration names. */
  readonly arePoolsUnknown: boolean;
}

/** Where a member comes from, and what it is. */
interface Assumed<T> {
  readonly origin: "query" | "last-add" | "unknown";
  readonly value: T;
}

/**
 * The CNI request of `ifName`: what the query says, else what the last ADD of this attachment said, else unknown. The
 * Pod is looked up live: the request has no UID.
 *
 * @param last of this Pod's UID
 */
export function assumedArgs(
  query: ExplainQuery,
  ifName: string,
  last: RememberedAdd | undefined,
): AssumedArgs {
  const { podNamespace, podName } = query;
  const former = last?.args;
  const pools = assumedPools(query, former);
  const cleanGateway = assumedFlag(query.cleanGateway, former && (former.cleanGateway ?? false));
  const matchMasterSubnet = assumedFlag(query.matchMasterSubnet, former && (former.matchMasterSubnet ?? false));
  return {
    args: {
      containerID: former?.containerID ?? "",
      netNamespace: former?.netNamespace ?? "",
      ifName,
      podNamespace,
      podName,
      podUID: "",
      defaultIPv4IPPool: [...pools.value.ipv4],
      defaultIPv6IPPool: [...pools.value.ipv6],
      cleanGateway: cleanGateway.value,
      matchMasterSubnet: matchMasterSubnet.value,
    },
    origins: [
      { name: "defaultIPv4IPPool", origin: pools.origin, values: [...pools.value.ipv4] },
      { name: "defaultIPv6IPPool", origin: pools.origin, values: [...pools.value.ipv6] },
      flagOrigin("cleanGateway", cleanGateway),
      flagOrigin("matchMasterSubnet", matchMasterSubnet),
    ],
    arePoolsUnknown: pools.origin === "unknown",
  };
}

function assumedPools(
  { defaultIPv4IPPool: ipv4, defaultIPv6IPPool: ipv6 }: ExplainQuery,
  former: IpamAddArgs | undefined,
): Assumed<{ readonly ipv4: readonly string[]; readonly ipv6: readonly string[] }> {
  if (ipv4 !== undefined || ipv6 !== undefined) {
    return { origin: "query", value: { ipv4: ipv4 ?? [], ipv6: ipv6 ?? [] } };
  }
  const value = { ipv4: former?.defaultIPv4IPPool ?? [], ipv6: former?.defaultIPv6IPPool ?? [] };
  return { origin: former === undefined ? "unknown" : "last-add", value };
}

function assumedFlag(asked: boolean | undefined, former: boolean | undefined): Assumed<boolean> {
  if (asked !== undefined) return { origin: "query", value: asked };
  return former === undefined ? { origin: "unknown", value: false } : { origin: "last-add", value: former };
}

function flagOrigin(name: string, { origin, value }: Assumed<boolean>): ExplainArg {
  return { name, origin, values: origin === "unknown" ? [] : [String(value)] };
}
