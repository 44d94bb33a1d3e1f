import { isNetlinkError } from "../netlink/mod.ts";
import type { LinkChanges } from "../route/mod.ts";
import { noteGivenAddresses, noteWays } from "./link_ways.ts";
import type { Step, StepLinkChanges } from "./step.ts";
import { nothing, type StepNetlink, type Undo } from "./undo.ts";

type ChangeLink = Extract<Step, { do: "changeLink" }>;

/**
 * Changes a link. A driver that refuses another link-layer address while the link is up gets it set down for that; what
 * goes with it, IPv6 addresses and routes, is put back.
 *
 * @throws {NetlinkError}
 */
export function changeLink(netlink: StepNetlink, { link, to }: Pick<ChangeLink, "link" | "to">): void {
  const { index, up } = netlink.linkByName(link);
  const changes = changesOf(netlink, to);
  try {
    netlink.changeLink(index, changes);
  } catch (err) {
    if (!isNetlinkError(err, "EBUSY") || to.address === undefined || !up) throw err;
    whileDown(netlink, { index, change: () => netlink.changeLink(index, { ...changes, up: false }) });
  }
}

/**
 * Like {@linkcode changeLink}. Undone, a link that was set down has its addresses and routes again, and one that was set up
 * keeps the addresses it was given. A change that is refused half way is taken back at once.
 *
 * @throws {NetlinkError}
 */
export function changeLinkUndoably(netlink: StepNetlink, step: ChangeLink): Undo {
  if (Object.keys(step.from).length === 0) {
    changeLink(netlink, step);
    return nothing;
  }
  const putBack = step.to.up === false ? noteWays(netlink, { index: netlink.linkByName(step.link).index }) : nothing;
  const undo = () => {
    changeBack(netlink, step);
    putBack();
  };
  try {
    changeLink(netlink, step);
  } catch (err) {
    if (Object.keys(step.to).length > 1) undo(); // the kernel makes one change after the other
    throw err;
  }
  return undo;
}

function changeBack(netlink: StepNetlink, { link, from }: ChangeLink): void {
  const keepAddresses = from.up === false ? noteGivenAddresses(netlink, netlink.linkByName(link).index) : nothing;
  changeLink(netlink, { link, to: from });
  keepAddresses();
}

function changesOf(netlink: StepNetlink, { master, ...changes }: StepLinkChanges): LinkChanges {
  if (master === undefined) return changes;
  return { ...changes, masterIndex: master === "" ? 0 : netlink.linkByName(master).index };
}

function whileDown(netlink: StepNetlink, { index, change }: { index: number; change: () => void }): void {
  const putBack = noteWays(netlink, { index });
  netlink.changeLink(index, { up: false });
  try {
    change();
  } finally {
    netlink.changeLink(index, { up: true });
    putBack();
  }
}
