import { type Family, tryParsePrefix } from "../../net/ip/mod.ts";
import type { SpiderIPPool } from "../generated/mod.ts";

/**
 * Family of a pool: `spec.ipVersion`, or that of `spec.subnet` for a pool that no webhook has completed.
 *
 * @returns `undefined` when neither tells
 */
export function familyOfPool({ spec }: SpiderIPPool): Family | undefined {
  return spec?.ipVersion ?? tryParsePrefix(spec?.subnet ?? "")?.address.family;
}

/** Names of the pools of `family`, sorted. */
export function poolNamesOf(pools: readonly SpiderIPPool[], family: Family): string[] {
  return pools.filter((pool) => familyOfPool(pool) === family).map((pool) => pool.metadata.name).sort();
}
