import type { Family } from "../ip/mod.ts";
import { RTN } from "../uapi/mod.ts";
import type { Route } from "./route.ts";

/** Whether it is a default route, of `family` if that is given. */
export function isDefault({ destination, type }: Route, family?: Family): boolean {
  return destination.length === 0 && type === RTN.UNICAST &&
    (family === undefined || destination.address.family === family);
}

/** Whether a packet by `route` may leave by the link. */
export function leavesBy({ index, nextHops }: Route, link: number): boolean {
  return index === link || nextHops.some((hop) => hop.index === link);
}

/** Whether the link has a default route in the table. */
export function hasDefault(
  routes: readonly Route[],
  { index, table, family }: { index: number; table: number; family?: Family },
): boolean {
  return routes.some((route) => route.table === table && isDefault(route, family) && leavesBy(route, index));
}
