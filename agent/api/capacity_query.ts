import { poolsOf } from "./explain_query.ts";
import type { IpamCapacityQuery } from "./gc_types.ts";

/**
 * Reads the query of `GET /v1/ipam/capacity`; a parameter that is absent names nothing. Unknown parameters are ignored.
 *
 * @throws {ContractError} 422 for too many pools or an unusable name
 */
export function parseCapacityQuery(query: URLSearchParams): IpamCapacityQuery {
  return {
    defaultIPv4IPPool: poolsOf(query, "defaultIPv4IPPool") ?? [],
    defaultIPv6IPPool: poolsOf(query, "defaultIPv6IPPool") ?? [],
  };
}

/** The target of a request that asks `query`. */
export function capacityTarget(path: string, query: IpamCapacityQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of values) parameters.append(name, value);
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}
