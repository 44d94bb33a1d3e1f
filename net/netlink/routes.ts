import { type Address, type Family, formatAddress, formatPrefix } from "../ip/mod.ts";
import {
  addressFamily,
  deleteRoutePayload,
  lookupRoutePayload,
  newRoutePayload,
  type Route,
  type RouteLookup,
  routeOf,
  routePayload,
  type RouteSpec,
} from "../route/mod.ts";
import { NLM_F, RT_TABLE, RTM, RTM_F } from "../uapi/mod.ts";
import type { Bytes } from "../wire/mod.ts";
import type { Connection } from "./connection.ts";
import { unlessNetlinkError } from "./error.ts";
import { dumpFiltered } from "./filtered_dump.ts";

/** Which routes to list. */
export interface RouteFilter {
  /** By default both, IPv4 first. */
  readonly family?: Family | undefined;
  /** @default {RT_TABLE.MAIN} */
  readonly table?: number | "all" | undefined;
  /** ifindex of the link; routes with several next hops match if one of them does. */
  readonly index?: number | undefined;
}

/** Routes of the netns of the netlink socket. */
export interface RouteOperations {
  /** Without cached ones; a table or link that does not exist has none. Like `ip route show table TABLE`. @throws {NetlinkError} */
  routes(filter?: RouteFilter): Route[];
  /** The route that a packet takes. Like `ip route get ADDRESS`. @throws {NetlinkError} ENETUNREACH if there is none */
  lookupRoute(destination: Address, lookup?: RouteLookup): Route;
  /** Like `ip route add …`. @throws {NetlinkError} EEXIST if destination, table, priority and tos are taken */
  addRoute(spec: RouteSpec): void;
  /** Like `ip route replace …`. @throws {NetlinkError} */
  replaceRoute(spec: RouteSpec): void;
  /** Like `ip route append …`: a second route, or for IPv6 one more next hop. @throws {NetlinkError} */
  appendRoute(spec: RouteSpec): void;
  /**
   * Like `ip route del …`: from table main if none is given; what else is left out is not compared.
   *
   * @throws {NetlinkError} ESRCH if there is none
   */
  deleteRoute(spec: RouteSpec): void;
}

/** The route operations over `connection`. */
export function routeOperations(connection: Connection): RouteOperations {
  function add(spec: RouteSpec, { flags, operation }: { flags: number; operation: string }): void {
    const payload = routePayload.encode(newRoutePayload(spec));
    connection.execute({ type: RTM.NEWROUTE, flags, payload }, { operation, target: describe(spec) });
  }
  function list(family: Family, filter: RouteFilter): Route[] {
    const [wanted, all] = [filterPayload(family, filter), filterPayload(family, { table: "all" })];
    const operation = { operation: `list IPv${family} routes`, target: "" };
    const dump = () => dumpFiltered(connection, { type: RTM.GETROUTE, wanted, all, operation });
    return (unlessNetlinkError(["ENOENT", "ENODEV"], dump) ?? []) // there is no such table or link
      .map((message) => routeOf(routePayload.decode(message.payload, { what: "route", offset: 0 })))
      .filter((route) => matches(route, filter));
  }
  return {
    routes(filter = {}) {
      const families: readonly Family[] = filter.family === undefined ? [4, 6] : [filter.family];
      return families.flatMap((family) => list(family, filter));
    },
    lookupRoute(destination, lookup) {
      const payload = routePayload.encode(lookupRoutePayload(destination, lookup));
      const operation = { operation: "look up route to", target: formatAddress(destination) };
      const [answer] = connection.execute({ type: RTM.GETROUTE, payload }, operation);
      return routeOf(routePayload.decode(answer?.payload ?? new Uint8Array(0), { what: "route", offset: 0 }));
    },
    addRoute: (spec) => add(spec, { flags: NLM_F.CREATE | NLM_F.EXCL, operation: "add route" }),
    replaceRoute: (spec) => add(spec, { flags: NLM_F.CREATE | NLM_F.REPLACE, operation: "replace route" }),
    appendRoute: (spec) => add(spec, { flags: NLM_F.CREATE | NLM_F.APPEND, operation: "append route" }),
    deleteRoute(spec) {
      const payload = routePayload.encode(deleteRoutePayload(spec));
      connection.execute({ type: RTM.DELROUTE, payload }, { operation: "delete route", target: describe(spec) });
    },
  };
}

function filterPayload(family: Family, { table = RT_TABLE.MAIN, index }: RouteFilter): Bytes {
  const attributes = { table: table === "all" ? undefined : table, outputIndex: index };
  return routePayload.encode(routePayload.of({ family: addressFamily(family) }, attributes));
}

function matches(route: Route, { table = RT_TABLE.MAIN, index }: RouteFilter): boolean {
  if ((route.flags & RTM_F.CLONED) !== 0) return false;
  if (table !== "all" && route.table !== table) return false; // kernels before 4.20 send all tables
  return index === undefined || route.index === index || route.nextHops.some((hop) => hop.index === index);
}

function describe({ destination, gateway, index, table = RT_TABLE.MAIN }: RouteSpec): string {
  const via = gateway === undefined ? "" : ` via ${formatAddress(gateway)}`;
  const link = index === undefined ? "" : ` on link ${index}`;
  return `${formatPrefix(destination)}${via}${link} in table ${table}`;
}
