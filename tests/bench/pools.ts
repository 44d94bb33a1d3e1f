import { type Family, formatAddress, parseAddress } from "../../net/ip/mod.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";

/** Names of the pools a Pod may take from, by family. */
export type PodPools = Readonly<Partial<Record<Family, string>>>;

/** Which families a Pod gets. */
export type Stack = "IPv4" | "dual";

/** A pool of `subnet` that offers `range`. */
export function benchPool(
  name: string,
  { subnet, range }: { readonly subnet: string; readonly range: string },
): SpiderIPPool {
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name },
    spec: { subnet, ips: [range] },
  };
}

/** One pool for each family of `stack`, each with exactly `size` addresses. */
export function sizedPools(stack: Stack, size: number): readonly SpiderIPPool[] {
  const v4 = benchPool("bench-v4", { subnet: "10.9.0.0/16", range: rangeFrom("10.9.0.1", size) });
  const v6 = benchPool("bench-v6", { subnet: "fd00:9::/64", range: rangeFrom("fd00:9::1", size) });
  return stack === "dual" ? [v4, v6] : [v4];
}

/** What a Pod names to take from {@linkcode sizedPools}. */
export function poolsOf(stack: Stack): PodPools {
  return stack === "dual" ? { 4: "bench-v4", 6: "bench-v6" } : { 4: "bench-v4" };
}

function rangeFrom(text: string, size: number): string {
  const { family, value } = parseAddress(text);
  return `${text}-${formatAddress({ family, value: value + BigInt(size) - 1n })}`;
}
