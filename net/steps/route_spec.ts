import type { RouteSpec } from "../route/mod.ts";
import type { StepRoute } from "./step.ts";
import type { StepNetlink } from "./undo.ts";

/** A route with its links by index. @throws {NetlinkError} ENODEV if there is no such link */
export function routeSpecOf({ link, hops = [], ...route }: StepRoute, netlink: StepNetlink): RouteSpec {
  const indexOf = (name: string) => netlink.linkByName(name).index;
  return {
    ...route,
    ...(link === undefined ? {} : { index: indexOf(link) }),
    nextHops: hops.map((hop) => ({ index: indexOf(hop.link), gateway: hop.gateway, weight: hop.weight })),
  };
}
