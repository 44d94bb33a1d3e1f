import { type BondSpec, isNetlinkError, unlessNetlinkError } from "../netlink/mod.ts";
import type { ErrnoCode } from "../uapi/mod.ts";
import { changeLink } from "./change_link.ts";
import { routeSpecOf } from "./route_spec.ts";
import type { Step, StepRoute, StepVethEnd } from "./step.ts";
import type { StepKernel } from "./step_netns.ts";
import type { StepNetlink } from "./undo.ts";

/**
 * Makes one change. What is there already, or gone already, be it with its link, is fine: somebody else may have been faster, and
 * a step may be repeated.
 *
 * @throws {NetlinkError} what the kernel refuses
 * @throws {SyscallError}
 */
export function applyStep(step: Step, kernel: StepKernel): void {
  const netns = kernel[step.place];
  const { netlink } = netns;
  const indexOf = (link: string) => netlink.linkByName(link).index;
  switch (step.do) {
    case "createVeth": {
      const other = kernel[step.place === "pod" ? "host" : "pod"];
      return netlink.createVeth({ ...endOf(step.end), peer: { ...endOf(step.peer), netns: { fd: other.fd } } });
    }
    case "createVlan":
      return netlink.createVlan({ name: step.link, parentIndex: indexOf(step.parent), id: step.id });
    case "createBond":
      return netlink.createBond(bondSpecOf(step, indexOf));
    case "activateMember":
      return netlink.changeBond(indexOf(step.link), { activeSlave: indexOf(step.member) });
    case "deleteLink":
      return void netlink.deleteLinkByName(step.link);
    case "changeLink":
      return changeLink(netlink, step);
    case "addAddress": {
      const spec = { index: indexOf(step.link), prefix: step.prefix };
      return unlessNetlinkError(["EEXIST"], () => netlink.addAddress(spec));
    }
    case "writeSysctl":
      return void netns.writeSysctl(step.key, step.value); // a kernel without IPv6 has none of its settings
    case "setNeighbor":
      return netlink.replaceNeighbor({ ...step, index: indexOf(step.link) });
    case "deleteNeighbor":
      return unlessGone("ENOENT", () => {
        netlink.deleteNeighbor({ destination: step.destination, index: indexOf(step.link) });
      });
    case "addRoute":
      return addRoute(netlink, { route: step.route, append: step.append === true });
    case "replaceRoute":
      return netlink.replaceRoute(routeSpecOf(step.route, netlink));
    case "deleteRoute":
      return unlessGone("ESRCH", () => netlink.deleteRoute(routeSpecOf(step.route, netlink)));
    case "addRule":
      return unlessNetlinkError(["EEXIST"], () => netlink.addRule(step.rule));
    case "markConnections":
      return netns.netfilter().markConnections(step.rules.families, step.rules);
    default:
      return step satisfies never;
  }
}

/** Runs `action`; `code` is the kernel's word for what is not there, and without its link nothing is. */
function unlessGone(code: ErrnoCode, action: () => void): void {
  unlessNetlinkError([code, "ENODEV"], action);
}

/** Its queue is that of its peer: none of its own. */
function endOf({ name, address, mtu }: StepVethEnd) {
  return { name, address, mtu, txQueueLength: 0 };
}

function bondSpecOf(
  { link, bond }: Extract<Step, { do: "createBond" }>,
  indexOf: (link: string) => number,
): BondSpec {
  const primary = bond.primary === undefined ? {} : { primary: indexOf(bond.primary) };
  return { name: link, mtu: bond.mtu, bond: { mode: bond.mode, ...bond.options, ...primary } };
}

/** One that appeared since the plan was made is replaced. */
function addRoute(netlink: StepNetlink, { route, append }: { route: StepRoute; append: boolean }): void {
  const spec = routeSpecOf(route, netlink);
  if (append) return unlessNetlinkError(["EEXIST"], () => netlink.appendRoute(spec));
  try {
    netlink.addRoute(spec);
  } catch (err) {
    if (!isNetlinkError(err, "EEXIST")) throw err;
    netlink.replaceRoute(spec);
  }
}
