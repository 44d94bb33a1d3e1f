import { compareAddresses } from "../ip/mod.ts";
import { isNetlinkError, unlessNetlinkError } from "../netlink/mod.ts";
import { type Route, routeIdentity, type RouteSpec } from "../route/mod.ts";
import { nothing, type StepNetlink, type Undo } from "./undo.ts";

/** The kernel gives an IPv6 route without a metric this one. */
const DEFAULT_METRIC = { 4: 0, 6: 1024 } as const;

/** Adds a route, in place of one that appeared since the plan was made: undone, that is there again. */
export function addRouteUndoably(netlink: StepNetlink, spec: RouteSpec): Undo {
  try {
    netlink.addRoute(spec);
  } catch (err) {
    if (!isNetlinkError(err, "EEXIST")) throw err;
    return replaceRouteUndoably(netlink, spec);
  }
  return () => deleteOwn(netlink, spec);
}

/** Adds a route beside others. */
export function appendRouteUndoably(netlink: StepNetlink, spec: RouteSpec): Undo {
  try {
    netlink.appendRoute(spec);
  } catch (err) {
    if (isNetlinkError(err, "EEXIST")) return nothing;
    throw err;
  }
  return () => deleteOwn(netlink, spec);
}

/** Puts a route in the place of another, or of none. */
export function replaceRouteUndoably(netlink: StepNetlink, spec: RouteSpec): Undo {
  const before = rivalsOf(netlink, spec);
  netlink.replaceRoute(spec);
  return () => restore(netlink, { spec, before });
}

/** Deletes a route; one that is gone already is not put back. */
export function deleteRouteUndoably(netlink: StepNetlink, spec: RouteSpec): Undo {
  const before = rivalsOf(netlink, spec);
  unlessNetlinkError(["ESRCH", "ENODEV"], () => netlink.deleteRoute(spec));
  return () => restore(netlink, { spec, before });
}

/** A metric that is left out would be any. */
function deleteOwn(netlink: StepNetlink, spec: RouteSpec): void {
  unlessNetlinkError(["ESRCH"], () => netlink.deleteRoute({ ...spec, priority: metricOf(spec) }));
}

function metricOf({ priority, destination }: Pick<RouteSpec, "priority" | "destination">): number {
  return priority ?? DEFAULT_METRIC[destination.address.family];
}

/** Routes of the same destination and table, in their order. */
function rivalsOf(netlink: StepNetlink, { destination, table }: RouteSpec): Route[] {
  const { address, length } = destination;
  return netlink.routes({ family: address.family, ...(table === undefined ? {} : { table }) }).filter((route) =>
    route.destination.length === length && compareAddresses(route.destination.address, address) === 0 &&
    route.tos === undefined // one of a type of service is in nobody's way
  );
}

interface Past {
  readonly spec: RouteSpec;
  readonly before: readonly Route[];
}

function restore(netlink: StepNetlink, { spec, before }: Past): void {
  const now = rivalsOf(netlink, spec);
  const metrics = new Set([...before, ...now].map(metricOf));
  for (const metric of metrics) {
    const [was, is] = [before, now].map((routes) => routes.filter((route) => metricOf(route) === metric));
    if (was !== undefined && is !== undefined) restoreMetric(netlink, { was, is });
  }
}

/** One is replaced at once, so that no packet goes astray; of several the order counts: they are all set anew. */
function restoreMetric(
  netlink: StepNetlink,
  { was, is }: { was: readonly Route[]; is: readonly Route[] },
): void {
  if (was.map(routeIdentity).join() === is.map(routeIdentity).join()) return;
  const [only] = was;
  if (only !== undefined && was.length === 1 && is.length === 1) return netlink.replaceRoute(only);
  for (const route of is) unlessNetlinkError(["ESRCH"], () => netlink.deleteRoute(route));
  for (const route of was) unlessNetlinkError(["EEXIST"], () => netlink.appendRoute(route));
}
