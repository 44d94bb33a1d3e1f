import { isNetlinkError, unlessNetlinkError } from "../netlink/mod.ts";
import type { LinkChanges } from "../route/mod.ts";
import { IFA_F, RT_TABLE } from "../uapi/mod.ts";
import type { Step, StepLinkChanges } from "./step.ts";
import type { StepNetns } from "./step_netns.ts";

type Netlink = StepNetns["netlink"];

/**
 * Changes a link. A driver that refuses another link-layer address while the link is up gets it set down for that; what
 * goes with it, IPv6 addresses and routes, is put back.
 *
 * @throws {NetlinkError}
 */
export function changeLink(netlink: Netlink, { link, to }: Extract<Step, { do: "changeLink" }>): void {
  const { index, up } = netlink.linkByName(link);
  const changes = changesOf(netlink, to);
  try {
    netlink.changeLink(index, changes);
  } catch (err) {
    if (!isNetlinkError(err, "EBUSY") || to.address === undefined || !up) throw err;
    whileDown(netlink, { index, change: () => netlink.changeLink(index, { ...changes, up: false }) });
  }
}

function changesOf(netlink: Netlink, { master, ...changes }: StepLinkChanges): LinkChanges {
  if (master === undefined) return changes;
  return { ...changes, masterIndex: master === "" ? 0 : netlink.linkByName(master).index };
}

function whileDown(netlink: Netlink, { index, change }: { index: number; change: () => void }): void {
  const addresses = netlink.addresses({ index });
  const routes = netlink.routes({ table: "all", index }).filter((route) => route.table !== RT_TABLE.LOCAL);
  netlink.changeLink(index, { up: false });
  try {
    change();
  } finally {
    netlink.changeLink(index, { up: true });
    for (const address of addresses) {
      const flags = address.flags | IFA_F.NODAD; // it was in use a moment ago
      unlessNetlinkError(["EEXIST"], () => netlink.addAddress({ ...address, flags }));
    }
    const gatewaysLast = routes.toSorted((a, b) => Number(a.gateway !== undefined) - Number(b.gateway !== undefined));
    for (const route of gatewaysLast) unlessNetlinkError(["EEXIST"], () => netlink.appendRoute(route));
  }
}
