import { type BondSpec, isNetlinkError, unlessNetlinkError } from "../netlink/mod.ts";
import type { RouteSpec } from "../route/mod.ts";
import type { ErrnoCode } from "../uapi/mod.ts";
import type { Step, StepRoute, StepVethEnd } from "./step.ts";
import { changeLink } from "./change_link.ts";
import type { StepKernel, StepNetns } from "./step_netns.ts";

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
    case "deleteAddress":
      return unlessGone("EADDRNOTAVAIL", () => {
        netlink.deleteAddress({ index: indexOf(step.link), prefix: step.prefix });
      });
    case "writeSysctl":
      return void netns.writeSysctl(step.key, step.value); // a kernel without IPv6 has none of its settings
    case "setNeighbor":
      return netlink.replaceNeighbor({ ...step, index: indexOf(step.link) });
    case "deleteNeighbor":
      return unlessGone("ENOENT", () => {
        netlink.deleteNeighbor({ destination: step.destination, index: indexOf(step.link) });
      });
    case "addRoute":
      return addRoute(netns, { route: step.route, append: step.append === true });
    case "replaceRoute":
      return netlink.replaceRoute(routeSpecOf(step.route, indexOf));
    case "deleteRoute":
      return unlessGone("ESRCH", () => netlink.deleteRoute(routeSpecOf(step.route, indexOf)));
    case "addRule":
      return unlessNetlinkError(["EEXIST"], () => netlink.addRule(step.rule));
    case "deleteRule":
      return unlessNetlinkError(["ENOENT"], () => netlink.deleteRule(step.rule));
    case "markConnections":
      return netns.netfilter().markConnections(step.rules.families, step.rules);
    case "unmarkConnections":
      return netns.netfilter().unmarkConnections(step.rules.families);
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
function addRoute({ netlink }: StepNetns, { route, append }: { route: StepRoute; append: boolean }): void {
  const spec = routeSpecOf(route, (link) => netlink.linkByName(link).index);
  if (append) return unlessNetlinkError(["EEXIST"], () => netlink.appendRoute(spec));
  try {
    netlink.addRoute(spec);
  } catch (err) {
    if (!isNetlinkError(err, "EEXIST")) throw err;
    netlink.replaceRoute(spec);
  }
}

function routeSpecOf({ link, hops = [], ...route }: StepRoute, indexOf: (link: string) => number): RouteSpec {
  return {
    ...route,
    ...(link === undefined ? {} : { index: indexOf(link) }),
    nextHops: hops.map((hop) => ({ index: indexOf(hop.link), gateway: hop.gateway, weight: hop.weight })),
  };
}
