import type { SpiderIPPool } from "../generated/mod.ts";

/** Fields of `spec` that put a pool before one that lacks them, most telling first; spec/ipam.md §6. */
export const preferences = [
  "podAffinity",
  "nodeName",
  "nodeAffinity",
  "namespaceName",
  "namespaceAffinity",
  "multusName",
] as const;

/** One of {@linkcode preferences}. */
export type Preference = typeof preferences[number];

/** A pool that may serve a NIC and family, and why it stands where it stands. */
export interface OrderedPool {
  readonly name: string;
  readonly pool: SpiderIPPool;
  /** What the pool has of {@linkcode preferences}, in that order. */
  readonly preferences: readonly Preference[];
  /** Position in what the source listed, from 0. */
  readonly position: number;
}

/**
 * Puts pools in the order to try them: by {@linkcode preferences} lexicographically, equals as listed.
 *
 * @param pools in the order of `listed`
 * @param listed names as the source listed them, unfit ones included
 */
export function orderPools(pools: readonly SpiderIPPool[], listed: readonly string[]): OrderedPool[] {
  const positions = new Map(listed.map((name, i) => [name, i]));
  return pools
    .map((pool) => {
      const { name } = pool.metadata;
      return { name, pool, preferences: preferencesOf(pool), position: positions.get(name) ?? listed.length };
    })
    .sort((a, b) => rankOf(a) - rankOf(b) || a.position - b.position);
}

/** A field counts by presence: an empty selector does, an empty list does not. */
function preferencesOf({ spec }: SpiderIPPool): Preference[] {
  return preferences.filter((field) => {
    const value = spec?.[field];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
}

/** Lower is better: one bit per preference, the most telling one the highest. */
function rankOf({ preferences: had }: OrderedPool): number {
  return preferences.reduce((rank, field) => rank * 2 + (had.includes(field) ? 0 : 1), 0);
}
