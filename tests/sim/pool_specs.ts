import type { SpiderIPPoolSpec } from "../../crd/generated/mod.ts";

/** The pools of the simulation: small, so that they fill up; each can stand in for another. */
export const poolSpecs: Readonly<Record<string, SpiderIPPoolSpec>> = {
  a4: { subnet: "10.1.0.0/24", ips: ["10.1.0.10-10.1.0.19"], gateway: "10.1.0.1" },
  b4: { subnet: "10.2.0.0/24", ips: ["10.2.0.10-10.2.0.13", "10.2.0.20-10.2.0.23"], gateway: "10.2.0.1" },
  c4: { subnet: "10.3.0.0/24", ips: ["10.3.0.10-10.3.0.17"], excludeIPs: ["10.3.0.12"] },
  d6: { subnet: "fd00:1::/64", ips: ["fd00:1::10-fd00:1::19"] },
  e6: { subnet: "fd00:2::/48", ips: ["fd00:2::10-fd00:2::15"] },
};

/** The pool that is deleted and made again at times; one that no fixed address is from. */
export const recreatablePool = "b4";

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
  onePool({ ipv4: ["c4"], ipv6: ["d6"] }),
  severalPools([{ interface: "eth0", ipv4: ["c4"], ipv6: ["d6"] }, { interface: "net1", ipv4: ["a4", "c4"] }]),
];

/** How the Pods of the StatefulSet are connected, one after the other: they are of one template. No two share a pool. */
export const statefulNetworks: readonly number[] = [3, 8];

/** How VMs are connected, from one start to the next; a NIC may come or go. */
export const vmNetworks: readonly number[] = [3, 8, 9];

/** Those of them that upstream's agent handles: two NICs on one pool get one address there. */
export const upstreamNetworks: readonly PodNetwork[] = podNetworks.filter(({ nics }) => nics.length === 1);

/** The pool whose addresses begin like this one. */
export function poolOfAddress(address: string): string | undefined {
  const beginning = (subnet: string) => subnet.replace(/(\.0|:)\/.*/, "");
  return Object.keys(poolSpecs).find((name) => address.startsWith(beginning(poolSpecs[name]!.subnet)));
}

/** Names of the pools that an address of this NIC may be from. */
export function poolsFor({ annotations, cniPools }: PodNetwork, nic: string): readonly string[] {
  type Names = { readonly interface?: string; readonly ipv4?: readonly string[]; readonly ipv6?: readonly string[] };
  const single: Names | undefined = parsed(annotations["ipam.spidernet.io/ippool"]);
  const several: readonly Names[] | undefined = parsed(annotations["ipam.spidernet.io/ippools"]);
  const { v4 = [], v6 = [] } = cniPools[nic] ?? {};
  const { ipv4 = v4, ipv6 = v6 } = single ?? several?.find((item) => item.interface === nic) ?? {};
  return [...ipv4, ...ipv6];
}

/** Whether all of a NIC's addresses are from the pools that one of these networks names for it. */
export function isFromOneOf(
  networks: readonly PodNetwork[],
  { nic, addresses }: { readonly nic: string; readonly addresses: readonly string[] },
): boolean {
  const pools = addresses.map(poolOfAddress);
  return networks.some((network) => {
    const names = poolsFor(network, nic);
    return pools.every((pool) => pool !== undefined && names.includes(pool));
  });
}

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}

function onePool(pools: { readonly ipv4: readonly string[]; readonly ipv6?: readonly string[] }): PodNetwork {
  return { nics: ["eth0"], annotations: { "ipam.spidernet.io/ippool": JSON.stringify(pools) }, cniPools: {} };
}

function severalPools(
  pools: readonly { readonly interface: string; readonly ipv4: readonly string[]; readonly ipv6?: readonly string[] }[],
): PodNetwork {
  const annotations = { "ipam.spidernet.io/ippools": JSON.stringify(pools) };
  return { nics: pools.map((item) => item.interface), annotations, cniPools: {} };
}
