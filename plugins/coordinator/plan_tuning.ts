import type { Address, Family } from "../../net/ip/mod.ts";
import { parsePrefix } from "../../net/ip/mod.ts";
import { hasDefault, isDefault, leavesBy, type Link, type Route } from "../../net/route/mod.ts";
import type { Step, StepRoute } from "../../net/steps/mod.ts";
import { RTN } from "../../net/uapi/mod.ts";
import { CniCode, CniError } from "../cni/mod.ts";
import { hostPrefix, isSameAddress, isSamePrefix, routableAddresses } from "./addresses.ts";
import { FIRST_LINK_TABLE, MAIN_TABLE, REPLY_TABLE } from "./names.ts";
import type { Part, PlannedStep } from "./plan.ts";
import { copyTo, stepRouteOf, wishRoute, wishRule } from "./route_steps.ts";
import type { Scene } from "./scene.ts";

/** What is planned for several links with default routes. */
export interface TuningPlan {
  readonly steps: readonly PlannedStep[];
  readonly warnings: readonly string[];
}

const nothing: TuningPlan = { steps: [], warnings: [] };

/**
 * Steps that leave one default route in main: that of the wished link. Another link's routes move to a table of its own, which
 * packets from its addresses look up.
 *
 * @throws {CniError} code 7 when the wished link does not exist and no later network will make it
 */
export function planTuning(scene: Scene): TuningPlan {
  const { settings, role, families } = scene;
  if (!settings.tunePodRoutes || (role.mode === "underlay" && role.first)) return nothing;
  const plans = families.map((family) => planFamily(scene, family));
  return {
    steps: plans.flatMap(({ steps }) => steps),
    warnings: plans.flatMap(({ warnings }) => warnings).filter((text, i, all) => all.indexOf(text) === i),
  };
}

function planFamily(scene: Scene, family: Family): TuningPlan {
  const { observed, link, settings } = scene;
  const inMain = { table: MAIN_TABLE, family };
  const previous = observed.pod.links.find(({ name, index }) =>
    name !== "lo" && name !== link.name && hasDefault(observed.pod.routes, { index, ...inMain })
  );
  if (previous === undefined) return nothing;
  const { wished, warnings } = wishedLink(scene, previous);
  const own = ownWay(scene, family);
  if (wished.name === previous.name) {
    return { steps: [...own, ...overlayReplies(scene, { previous, family })], warnings };
  }
  if (wished.name === link.name) {
    return { steps: moveLink(scene, { link: previous, table: scene.role.table, family }), warnings };
  }
  // The wished link is a third one. It gets the default where it has one to give.
  if (!hasDefault(observed.pod.routes, { index: wished.index, ...inMain })) {
    const text = `${settings.defaultRouteLink} has no default route: ${previous.name} keeps it`;
    return { steps: own, warnings: [...warnings, text] };
  }
  return { steps: [...own, ...moveLink(scene, { link: previous, table: freeTable(scene), family })], warnings };
}

/** A link that a later network makes gets the default route when its own turn comes. */
function wishedLink(
  { settings: { defaultRouteLink: name }, observed, link }: Scene,
  previous: Link,
): { wished: Link; warnings: string[] } {
  if (name === "") return { wished: previous, warnings: [] };
  const wished = observed.pod.links.find((candidate) => candidate.name === name);
  if (wished !== undefined) return { wished, warnings: [] };
  if (comesLater(name, link.name)) {
    return { wished: previous, warnings: [`${name} is not there yet: ${previous.name} keeps the default route`] };
  }
  throw new CniError(CniCode.InvalidConfig, `podDefaultRouteNIC: ${name} don't exist in pod`, {
    details: `links of the Pod: ${observed.pod.links.map((other) => other.name).join(", ")}`,
  });
}

/** Multus numbers links in the order of networks: net1, net2. */
function comesLater(name: string, current: string): boolean {
  const [wanted, own] = [name, current].map((text) => /^(\D*)(\d{1,9})$/.exec(text));
  return wanted?.[1] !== undefined && wanted[1] === own?.[1] && Number(wanted[2]) > Number(own[2]);
}

/** The current link leaves main to the others. */
function ownWay(scene: Scene, family: Family): PlannedStep[] {
  return moveLink(scene, { link: scene.link, table: scene.role.table, family });
}

interface Move {
  readonly link: Link;
  readonly table: number;
  readonly family: Family;
}

function moveLink(scene: Scene, { link, table, family }: Move): PlannedStep[] {
  const { observed } = scene;
  const addresses = routableAddresses(observed.pod.addresses, link.index).filter((address) =>
    address.family === family
  );
  // default routes last: the kernel looks their gateways up in the table they go to
  const routes = mainRoutes(scene, { link, family })
    .toSorted((a, b) => rankOf(a) - rankOf(b));
  return [
    ...planned("podRule", addresses.flatMap((address) => fromRule(scene, { address, table }))),
    ...planned("tuning", routes.flatMap((route) => moveRoute(scene, { route, link, table }))),
  ];
}

function rankOf(route: Route): number {
  return isDefault(route) ? 2 : Number(route.gateway !== undefined);
}

/** In overlay mode the first link, too, has a table of its own: what comes from its addresses leaves by it. */
function overlayReplies(scene: Scene, { previous, family }: { previous: Link; family: Family }): PlannedStep[] {
  const { role, observed, settings } = scene;
  if (role.mode !== "overlay" || !role.first) return [];
  const first = observed.pod.links.find(({ name }) => name === settings.firstLink) ?? previous;
  const addresses = routableAddresses(observed.pod.addresses, previous.index).filter((a) => a.family === family);
  const defaults = mainRoutes(scene, { link: first, family }).filter((route) => isDefault(route, family));
  return [
    ...planned("podRule", addresses.flatMap((address) => fromRule(scene, { address, table: REPLY_TABLE }))),
    ...planned("tuning", defaults.flatMap((route) => copyRoute(scene, { route, link: first, table: REPLY_TABLE }))),
  ];
}

function planned(part: Part, steps: readonly Step[]): PlannedStep[] {
  return steps.map((step) => ({ part, step }));
}

function fromRule({ observed }: Scene, { address, table }: { address: Address; table: number }): Step[] {
  return wishRule(observed, { place: "pod", rule: { family: address.family, source: hostPrefix(address), table } });
}

const linkLocal = parsePrefix("fe80::/64");

/** Routes of main that leave by the link; those to link-local addresses are every link's own. */
function mainRoutes({ observed }: Scene, { link, family }: Pick<Move, "link" | "family">): Route[] {
  return observed.pod.routes.filter((route) =>
    route.table === MAIN_TABLE && route.type === RTN.UNICAST && route.destination.address.family === family &&
    leavesBy(route, link.index) && !isSamePrefix(route.destination, linkLocal)
  );
}

interface RouteMove {
  readonly route: Route;
  readonly link: Link;
  readonly table: number;
}

/** A default route moves; others are copied, because main goes on needing the way to the link's neighbors. */
function moveRoute(scene: Scene, move: RouteMove): Step[] {
  const { route, link } = move;
  if (!isDefault(route)) return copyRoute(scene, move);
  return [...copyRoute(scene, move), ...takeAway(scene, { route, link })];
}

function copyRoute({ observed }: Scene, { route, link, table }: RouteMove): Step[] {
  const own = wayOf(observed, { route, link });
  return own === undefined ? [] : wishRoute(observed, { place: "pod", route: copyTo(table, own) });
}

/** The link's own way of a route that may have several. */
function wayOf(observed: Scene["observed"], { route, link }: Pick<RouteMove, "route" | "link">): StepRoute | undefined {
  const whole = stepRouteOf(observed, { place: "pod", route });
  if (whole === undefined || route.nextHops.length === 0) return whole;
  const hop = route.nextHops.find(({ index }) => index === link.index);
  return { ...whole, link: link.name, gateway: hop?.gateway, flags: hop?.flags, hops: [] };
}

/** Of a route with several ways only the link's own goes: IPv6 names it, IPv4 is told what is left. */
function takeAway({ observed }: Scene, { route, link }: Pick<RouteMove, "route" | "link">): Step[] {
  const whole = stepRouteOf(observed, { place: "pod", route });
  const own = wayOf(observed, { route, link });
  if (whole === undefined || own === undefined) return [];
  if (route.nextHops.length === 0 || route.destination.address.family === 6) {
    return [{ do: "deleteRoute", place: "pod", route: own }];
  }
  const hops = (whole.hops ?? []).filter((hop) => hop.link !== link.name || !isSameAddress(hop.gateway, own.gateway));
  return [{ do: "replaceRoute", place: "pod", route: { ...whole, hops } }];
}

/** A table that neither a rule of the Pod nor the current link uses. */
function freeTable({ observed, role }: Scene): number {
  const used = new Set([role.table, ...observed.pod.rules.map(({ table }) => table)]);
  let table = FIRST_LINK_TABLE;
  while (used.has(table)) table++;
  return table;
}
