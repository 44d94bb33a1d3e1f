import type { SpiderIPPoolSpec } from "../../crd/generated/mod.ts";

/** The pools of the simulation: small, so that they fill up; each can stand in for another. */
export const poolSpecs: Readonly<Record<string, SpiderIPPoolSpec>> = {
  a4: { subnet: "10.1.0.0/24", ips: ["10.1.0.10-10.1.0.19"], gateway: "10.1.0.1" },
  b4: { subnet: "10.2.0.0/24", ips: ["10.2.0.10-10.2.0.13", "10.2.0.20-10.2.0.23"], gateway: "10.2.0.1" },
  c4: { subnet: "10.3.0.0/24", ips: ["10.3.0.10-10.3.0.17"], excludeIPs: ["10.3.0.12"] },
  d6: { subnet: "fd00:1::/64", ips: ["fd00:1::10-fd00:1::19"] },
  e6: { subnet: "fd00:2::/48", ips: ["fd00:2::10-fd00:2::15"] },
};

/** Addresses that SpiderReservedIPs set aside. */
export const reservedIps: readonly string[] = ["10.1.0.12", "fd00:1::11"];

/** An address in quarantine: nobody may touch its record. */
export const quarantine = {
  pool: "a4",
  address: "10.1.0.11",
  record: { pod: "ns/once-upon/quarantine", podUid: "quarantine:2099-01-01T00:00:00Z" },
} as const;

/** How a Pod is connected. */
export interface PodNetwork {
  readonly nics: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Default pools of the CNI configuration by NIC. */
  readonly cniPools: Readonly<Record<string, { readonly v4?: readonly string[]; readonly v6?: readonly string[] }>>;
}

/** The ways in which Pods are connected. */
export const podNetworks: readonly PodNetwork[] = [
  onePool({ ipv4: ["a4", "b4"] }),
  onePool({ ipv4: ["b4", "a4"] }),
  onePool({ ipv4: ["c4", "b4"], ipv6: ["d6"] }),
  onePool({ ipv4: ["a4", "c4"], ipv6: ["e6", "d6"] }),
  severalPools([{ interface: "eth0", ipv4: ["a4", "b4"] }, { interface: "net1", ipv4: ["a4"] }]),
  severalPools([{ interface: "eth0", ipv4: ["b4"], ipv6: ["d6", "e6"] }, { interface: "net1", ipv4: ["c4", "a4"] }]),
  severalPools([{ interface: "eth0", ipv4: ["c4"] }, { interface: "net1", ipv4: ["b4"] }]),
  {
    nics: ["eth0", "net1"],
    annotations: {},
    cniPools: { eth0: { v4: ["a4", "c4"], v6: ["d6"] }, net1: { v4: ["a4", "b4"] } },
  },
];

/** Those of them that upstream's agent handles: two NICs on one pool get one address there. */
export const upstreamNetworks: readonly PodNetwork[] = podNetworks.filter(({ nics }) => nics.length === 1);

function onePool(pools: { readonly ipv4: readonly string[]; readonly ipv6?: readonly string[] }): PodNetwork {
  return { nics: ["eth0"], annotations: { "ipam.spidernet.io/ippool": JSON.stringify(pools) }, cniPools: {} };
}

function severalPools(
  pools: readonly { readonly interface: string; readonly ipv4: readonly string[]; readonly ipv6?: readonly string[] }[],
): PodNetwork {
  const annotations = { "ipam.spidernet.io/ippools": JSON.stringify(pools) };
  return { nics: pools.map((item) => item.interface), annotations, cniPools: {} };
}
