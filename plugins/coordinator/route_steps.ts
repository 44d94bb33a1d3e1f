import type { Route } from "../../net/route/mod.ts";
import { RTN, RTPROT } from "../../net/uapi/mod.ts";
import type { Place, Step, StepRoute, StepRule } from "../../net/steps/mod.ts";
import { isSameAddress, isSamePrefix } from "./addresses.ts";
import type { Observed } from "./observed.ts";
import { linkNameOf } from "./scene.ts";

/** A wished route, and where. */
export interface Wish {
  readonly place: Place;
  readonly route: StepRoute;
}

/** The step that brings a route about: none where it is there, a replacement where its destination goes elsewhere. */
export function wishRoute(observed: Observed, { place, route }: Wish): Step[] {
  const rivals = observed[place].routes.filter((other) =>
    other.table === route.table && isSamePrefix(other.destination, route.destination) &&
    metricOf(other) === metricOf(route)
  );
  if (rivals.some((other) => isSameWay(observed, { place, route, other }))) return [];
  return [{ do: rivals.length === 0 ? "addRoute" : "replaceRoute", place, route }];
}

/** The kernel gives an IPv6 route without a metric 1024. */
function metricOf({ destination, priority }: Pick<StepRoute, "destination" | "priority">): number {
  return priority ?? (destination.address.family === 6 ? 1024 : 0);
}

/** A preferred source counts only where one is wished. */
function isSameWay(
  observed: Observed,
  { place, route, other }: { place: Place; route: StepRoute; other: Route },
): boolean {
  return other.nextHops.length === 0 && other.index !== undefined && other.type === RTN.UNICAST &&
    linkNameOf(observed, { place, index: other.index }) === route.link &&
    isSameAddress(other.gateway, route.gateway) &&
    (route.preferredSource === undefined || isSameAddress(other.preferredSource, route.preferredSource));
}

/** A route as steps have it; `undefined` for one without a link of the list, such as an unreachable one. */
export function stepRouteOf(
  observed: Observed,
  { place, route }: { place: Place; route: Route },
): StepRoute | undefined {
  const { destination, gateway, preferredSource, priority, table, scope, protocol, flags, metrics, nextHops, index } =
    route;
  const hops = nextHops.flatMap(({ index, gateway, weight }) => {
    const link = linkNameOf(observed, { place, index });
    return link === undefined ? [] : [{ link, gateway, weight }];
  });
  const link = index === undefined ? undefined : linkNameOf(observed, { place, index });
  if (link === undefined && hops.length === 0) return undefined;
  return { destination, gateway, preferredSource, priority, table, scope, protocol, flags, metrics, hops, link };
}

/** The step that brings a rule about: none where it is there. */
export function wishRule(
  observed: Observed,
  { place, rule, shared = false }: { place: Place; rule: StepRule; shared?: boolean },
): Step[] {
  const known = observed[place].rules.some((other) =>
    other.family === rule.family && other.table === rule.table && isSamePrefix(other.source, rule.source) &&
    other.destination === undefined && !other.inverted && other.inputName === undefined &&
    (other.mark ?? 0) === (rule.mark ?? 0) && (rule.priority === undefined || other.priority === rule.priority)
  );
  if (known) return [];
  return [shared ? { do: "addRule", place, rule, shared } : { do: "addRule", place, rule }];
}

/** A copy of a route for another table: as if ip(8) had made it. */
export function copyTo(table: number, route: StepRoute): StepRoute {
  return { ...route, table, protocol: RTPROT.BOOT };
}
