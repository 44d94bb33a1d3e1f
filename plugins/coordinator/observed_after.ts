import { RT_SCOPE, RT_TABLE, RTN, RTPROT } from "../../net/uapi/mod.ts";
import type { Route } from "../../net/route/mod.ts";
import type { Step, StepRoute } from "../../net/steps/mod.ts";
import { isSamePrefix } from "./addresses.ts";
import type { Observed } from "./observed.ts";

/**
 * What will be observed once `steps` have set routes in the Pod: later parts of a plan build on them. Routes by links that are yet
 * to be made are left out.
 */
export function observedAfter(observed: Observed, steps: readonly Step[]): Observed {
  const set = steps.flatMap((step) =>
    (step.do === "addRoute" || step.do === "replaceRoute") && step.place === "pod" ? [step.route] : []
  );
  const routes = set.flatMap((route) => {
    const index = observed.pod.links.find(({ name }) => name === route.link)?.index;
    return index === undefined ? [] : [routeOf(route, index)];
  });
  const kept = observed.pod.routes.filter((old) => !routes.some((route) => isSameSlot(old, route)));
  return { ...observed, pod: { ...observed.pod, routes: [...kept, ...routes] } };
}

/** Where one route would take the place of the other. */
function isSameSlot(a: Route, b: Route): boolean {
  return a.table === b.table && a.priority === b.priority && isSamePrefix(a.destination, b.destination);
}

function routeOf(route: StepRoute, index: number): Route {
  const { destination, gateway, preferredSource, metrics, table = RT_TABLE.MAIN } = route;
  const isV6 = destination.address.family === 6;
  return {
    destination,
    source: undefined,
    gateway,
    index,
    preferredSource,
    priority: route.priority ?? (isV6 ? 1024 : undefined),
    table,
    scope: gateway === undefined && !isV6 ? RT_SCOPE.LINK : RT_SCOPE.UNIVERSE,
    type: RTN.UNICAST,
    protocol: RTPROT.BOOT,
    flags: route.flags ?? 0,
    metrics,
    nextHops: [],
  };
}
