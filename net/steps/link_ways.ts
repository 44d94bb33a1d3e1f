import type { Family } from "../ip/mod.ts";
import { unlessNetlinkError } from "../netlink/mod.ts";
import type { LinkAddress, Route } from "../route/mod.ts";
import { IFA_F, RT_SCOPE, RT_TABLE } from "../uapi/mod.ts";
import type { StepNetlink, Undo } from "./undo.ts";

/** Notes addresses and routes of a link, which it loses when it is set down. @returns what puts back those that are gone */
export function noteWays(netlink: StepNetlink, filter: { index: number; family?: Family }): Undo {
  const addresses = netlink.addresses(filter);
  const routes = netlink.routes({ table: "all", ...filter }).filter(({ table }) => table !== RT_TABLE.LOCAL);
  return () => {
    addAddresses(netlink, addresses);
    const gatewaysLast = routes.toSorted((a, b) => Number(a.gateway !== undefined) - Number(b.gateway !== undefined));
    for (const route of gatewaysLast) addBack(netlink, route);
  };
}

/**
 * Notes the IPv6 addresses that somebody gave a link: without its carrier it keeps only those of IPv4.
 *
 * @returns what puts back those that are gone
 */
export function noteGivenAddresses(netlink: StepNetlink, index: number): Undo {
  const given = netlink.addresses({ index, family: 6 }).filter(({ flags, scope }) =>
    (flags & IFA_F.PERMANENT) !== 0 && scope !== RT_SCOPE.LINK
  );
  return () => addAddresses(netlink, given);
}

function addAddresses(netlink: StepNetlink, addresses: readonly LinkAddress[]): void {
  for (const address of addresses) {
    const flags = address.flags | IFA_F.NODAD; // it was in use a moment ago
    unlessNetlinkError(["EEXIST"], () => netlink.addAddress({ ...address, flags }));
  }
}

function addBack(netlink: StepNetlink, route: Route): void {
  unlessNetlinkError(["EEXIST"], () => netlink.appendRoute(route));
}
