import type { Address, Prefix } from "../../net/ip/mod.ts";
import { RT_SCOPE } from "../../net/uapi/mod.ts";
import type { Step, StepRoute } from "../../net/steps/mod.ts";
import { hostPrefix, isSamePrefix } from "./addresses.ts";
import { MAIN_TABLE, RULE_PRIORITY } from "./names.ts";
import type { Part, PlannedStep } from "./plan.ts";
import { linkNameOf, type Scene } from "./scene.ts";
import { stepRouteOf, wishRoute, wishRule } from "./route_steps.ts";

/** Steps for the ways between Pod and node: the Pod's to the node's addresses and to hijacked prefixes, the node's to the Pod. */
export function planHostWays(scene: Scene): PlannedStep[] {
  const { role, observed } = scene;
  const tables = role.first ? [role.table, MAIN_TABLE] : [role.table];
  const toHost = tables.flatMap((table) => scene.hostAddresses.map((address) => wayToHost(scene, { address, table })));
  const hijackTable = role.first ? MAIN_TABLE : role.table;
  const hijacked = scene.settings.hijacked.flatMap((prefix) => wayThroughHost(scene, { prefix, table: hijackTable }));
  const podRoutes = (routes: readonly StepRoute[]) =>
    routes.flatMap((route) => wishRoute(observed, { place: "pod", route }));
  return [
    ...planned("podRoute", podRoutes(toHost)),
    ...planned("hostRule", hostRules(scene)),
    ...planned("hostRoute", scene.addresses.flatMap((address) => wayToPod(scene, address))),
    ...planned("podRoute", podRoutes(withoutRepeats(hijacked))), // after the ways to their gateway
  ];
}

function planned(part: Part, steps: readonly Step[]): PlannedStep[] {
  return steps.map((step) => ({ part, step }));
}

function wayToHost({ pair, source }: Scene, { address, table }: { address: Address; table: number }): StepRoute {
  const destination = hostPrefix(address);
  const route = { destination, link: pair.pod.name, table };
  return address.family === 6 ? route : { ...route, scope: RT_SCOPE.LINK, preferredSource: source };
}

/** The way of a prefix through the node; none for a family that the node or the Pod does not have. */
export function wayThroughHost(
  { pair, source, gateways }: Scene,
  { prefix, table }: { prefix: Prefix; table: number },
): StepRoute[] {
  const { family } = prefix.address;
  const gateway = gateways[family];
  if (gateway === undefined) return [];
  const route = { destination: prefix, gateway, link: pair.pod.name, table };
  return [family === 6 ? route : { ...route, preferredSource: source }];
}

function withoutRepeats(routes: readonly StepRoute[]): StepRoute[] {
  return routes.filter((route, i) =>
    !routes.slice(0, i).some((other) => isSamePrefix(other.destination, route.destination))
  );
}

/** Shared by all Pods of the node. */
function hostRules({ settings: { hostRuleTable: table }, families, observed }: Scene): Step[] {
  return families.flatMap((family) =>
    wishRule(observed, { place: "host", rule: { family, priority: RULE_PRIORITY, table }, shared: true })
  );
}

/** Whatever else the table has for the address was another Pod's. */
function wayToPod({ settings, observed, pair }: Scene, address: Address): Step[] {
  const destination = hostPrefix(address);
  const table = settings.hostRuleTable;
  const scope = address.family === 4 ? { scope: RT_SCOPE.LINK } : {};
  const route = { destination, link: pair.host.name, table, ...scope };
  const known = observed.host.routes.filter((other) =>
    other.table === table && isSamePrefix(other.destination, destination)
  );
  const stale = known.filter(({ index = 0 }) =>
    linkNameOf(observed, { place: "host", index }) !== pair.host.name || pair.host.link === undefined
  );
  const removals = stale.flatMap((other): Step[] => {
    const left = stepRouteOf(observed, { place: "host", route: other });
    // what goes with a link that is deleted anyway needs no step
    return left === undefined || left.link === pair.stale?.name
      ? []
      : [{ do: "deleteRoute", place: "host", route: left }];
  });
  return known.length > stale.length ? removals : [...removals, { do: "addRoute", place: "host", route }];
}
