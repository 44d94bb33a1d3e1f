import type { Address, Family } from "../../net/ip/mod.ts";
import { unlessNetlinkError } from "../../net/netlink/mod.ts";
import { RT_TABLE } from "../../net/uapi/mod.ts";
import type { StepKernel, StepNetns } from "../../net/steps/mod.ts";
import { familiesOf, routableAddresses } from "./addresses.ts";
import { POD_VETH } from "./names.ts";
import type { HostLookup, Observed, ObservedNetns } from "./observed.ts";
import { podSysctls } from "./plan_links.ts";
import type { CoordinatorSettings } from "./settings.ts";

const families = [4, 6] as const;

/** Whose Pod is looked at. */
export interface Attachment {
  readonly containerId: string;
  readonly ifname: string;
  readonly newVeth: Observed["newVeth"];
}

/** Reads all that a plan is made from. @throws {NetlinkError} @throws {SyscallError} */
export function observe(
  kernel: StepKernel,
  { settings, attachment }: { settings: CoordinatorSettings; attachment: Attachment },
): Observed {
  const keys = podSysctls(attachment.ifname, { address: settings.macPrefix !== undefined });
  const pod = readNetns(kernel.pod, { table: "all", keys });
  const host = readNetns(kernel.host, { table: settings.hostRuleTable, keys: [] });
  const lookups = routableAddresses(pod.addresses).flatMap((address) => lookUp(kernel.host, address));
  const hasVeth = pod.links.some(({ name }) => name === POD_VETH);
  const mayMark = hasVeth && attachment.ifname === settings.firstLink;
  const known = familiesOf(pod.addresses.map(({ prefix }) => prefix.address));
  const marked = mayMark ? known.filter((family) => kernel.pod.netfilter().marksConnections(family)) : [];
  return { ...attachment, pod, host, lookups, marked };
}

function readNetns(
  { netlink, readSysctl }: StepNetns,
  { table, keys }: { table: number | "all"; keys: readonly string[] },
): ObservedNetns {
  const settings = keys.flatMap((key) => {
    const value = readSysctl(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    links: netlink.links(),
    addresses: netlink.addresses(),
    routes: families.flatMap((family) => routesOf(netlink, { table, family })),
    rules: families.flatMap((family) => rulesOf(netlink, family)),
    neighbors: netlink.neighbors(),
    sysctls: Object.fromEntries(settings),
  };
}

/** A kernel without IPv6 answers with the routes of IPv4. */
function routesOf(
  netlink: StepNetns["netlink"],
  { table, family }: { table: number | "all"; family: Family },
): ObservedNetns["routes"] {
  return netlink.routes({ table, family }).filter(({ table, destination }) =>
    table !== RT_TABLE.LOCAL && destination.address.family === family
  );
}

/** A kernel without IPv6 has no rules of it. */
function rulesOf(netlink: StepNetns["netlink"], family: Family): ObservedNetns["rules"] {
  return unlessNetlinkError(["EAFNOSUPPORT", "EOPNOTSUPP"], () => netlink.rules({ family })) ?? [];
}

/** A node without a way to an address says nothing about it. */
function lookUp({ netlink }: StepNetns, address: Address): HostLookup[] {
  const route = unlessNetlinkError(
    ["ENETUNREACH", "EHOSTUNREACH", "EINVAL", "EACCES"],
    () => netlink.lookupRoute(address),
  );
  const source = route?.preferredSource;
  return route === undefined || source === undefined ? [] : [{ source, table: route.table }];
}
