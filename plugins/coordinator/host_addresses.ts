import type { Address, Family } from "../../net/ip/mod.ts";
import { prefixContains } from "../../net/ip/mod.ts";
import { includesAddress, isRoutable } from "./addresses.ts";
import type { Observed } from "./observed.ts";
import type { CoordinatorSettings } from "./settings.ts";

/** Links of a node whose addresses are not the node's own ways out: of containers, tunnels and virtual machines. */
const containerLinks = /^(lo$|(docker|cbr|dummy|virbr|lxcbr|veth|cali|flannel|kube-ipvs|cni|vx-submariner|ciliu))/;

/**
 * Addresses by which a Pod reaches its node: first those the node would talk to the Pod's addresses from, then all others. Of
 * `families`, without link-local ones, those of links for containers, and those the operator excludes. Ways through the
 * table that this plugin fills say nothing and are left out.
 */
export function hostAddressesOf(
  settings: CoordinatorSettings,
  { observed: { host, lookups }, families }: { observed: Observed; families: readonly Family[] },
): Address[] {
  const named = new Set(host.links.filter(({ name }) => containerLinks.test(name)).map(({ index }) => index));
  const onLinks = host.addresses.filter(({ index }) => !named.has(index)).map(({ prefix }) => prefix.address);
  const asked = lookups.filter(({ table }) => table !== settings.hostRuleTable)
    .map(({ source }) => source)
    .filter((source) => includesAddress(onLinks, source)); // the kernel may take a service address of lo
  const wanted = [...asked, ...onLinks].filter((address) =>
    families.includes(address.family) && isRoutable(address) &&
    !settings.excludedHostAddresses.some((prefix) => prefixContains(prefix, address))
  );
  return wanted.filter((address, i) => !includesAddress(wanted.slice(0, i), address));
}
