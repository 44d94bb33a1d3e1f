import type { Endpoint, EndpointSlice } from "../../../crd/core/mod.ts";

/** Name of the peer port in the agents' Service. Upstream's agents have no port of that name. */
export const PORT_NAME = "peer";

/** Addresses of the peer ports of agents that are ready, by node, such as `10.0.0.7:5713`. IPv4 where there are both. */
export function peerAddresses(slices: readonly EndpointSlice[]): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const family of ["IPv6", "IPv4"] as const) {
    for (const slice of slices.filter(({ addressType }) => addressType === family)) {
      const port = slice.ports?.find(({ name }) => name === PORT_NAME)?.port;
      if (port !== undefined) addSlice(addresses, slice, port);
    }
  }
  return addresses;
}

function addSlice(addresses: Map<string, string>, { addressType, endpoints = [] }: EndpointSlice, port: number): void {
  for (const { nodeName, addresses: [address] } of endpoints.filter(isServing)) {
    if (nodeName === undefined || address === undefined) continue;
    addresses.set(nodeName, addressType === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`);
  }
}

function isServing({ conditions }: Endpoint): boolean {
  return (conditions?.ready ?? true) && conditions?.terminating !== true;
}
