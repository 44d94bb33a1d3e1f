import { isNetlinkError, unlessNetlinkError } from "../netlink/mod.ts";
import type { LinkAddressSpec } from "../route/mod.ts";
import { applyStep } from "./apply_step.ts";
import { changeLinkUndoably } from "./change_link.ts";
import { routeSpecOf } from "./route_spec.ts";
import type { Step } from "./step.ts";
import type { StepKernel } from "./step_netns.ts";
import { nothing, type StepNetlink, type Undo } from "./undo.ts";
import { deleteNeighborUndoably, setNeighborUndoably } from "./undo_neighbor.ts";
import { addRouteUndoably, appendRouteUndoably, deleteRouteUndoably, replaceRouteUndoably } from "./undo_route.ts";
import { addRuleUndoably } from "./undo_rule.ts";
import { writeSysctlUndoably } from "./undo_sysctl.ts";

/**
 * Makes one change like {@linkcode applyStep}, and notes what it changes: undone, that is there again. What was not there is
 * tried first, so that only a step that meets something has to look at it.
 *
 * @returns what takes it back; nothing for a left-over link that was deleted, and for what others share
 * @throws {NetlinkError} what the kernel refuses
 * @throws {SyscallError}
 */
export function doStep(step: Step, kernel: StepKernel): Undo {
  const netns = kernel[step.place];
  const { netlink } = netns;
  const indexOf = (link: string) => netlink.linkByName(link).index;
  switch (step.do) {
    case "createVeth":
      applyStep(step, kernel);
      return () => void netlink.deleteLinkByName(step.end.name);
    case "createVlan":
    case "createBond":
      applyStep(step, kernel);
      return () => void netlink.deleteLinkByName(step.link);
    case "activateMember": // its bond was made just before
    case "deleteLink": // only what was left over is deleted
      applyStep(step, kernel);
      return nothing;
    case "changeLink":
      return changeLinkUndoably(netlink, step);
    case "addAddress":
      return addAddressUndoably(netlink, { index: indexOf(step.link), prefix: step.prefix });
    case "writeSysctl":
      return writeSysctlUndoably(netns, step);
    case "setNeighbor":
      return setNeighborUndoably(netlink, { ...step, index: indexOf(step.link) });
    case "deleteNeighbor":
      return deleteNeighborUndoably(netlink, { ...step, index: indexOf(step.link) });
    case "addRoute": {
      const spec = routeSpecOf(step.route, netlink);
      return step.append === true ? appendRouteUndoably(netlink, spec) : addRouteUndoably(netlink, spec);
    }
    case "replaceRoute":
      return replaceRouteUndoably(netlink, routeSpecOf(step.route, netlink));
    case "deleteRoute":
      return deleteRouteUndoably(netlink, routeSpecOf(step.route, netlink));
    case "addRule":
      return addRuleUndoably(netlink, step);
    case "markConnections":
      applyStep(step, kernel);
      return () => netns.netfilter().unmarkConnections(step.rules.families);
    default:
      return step satisfies never;
  }
}

/** An address that the link has already stays. */
function addAddressUndoably(netlink: StepNetlink, spec: LinkAddressSpec): Undo {
  try {
    netlink.addAddress(spec);
  } catch (err) {
    if (isNetlinkError(err, "EEXIST")) return nothing;
    throw err;
  }
  return () => unlessNetlinkError(["EADDRNOTAVAIL"], () => netlink.deleteAddress(spec));
}
