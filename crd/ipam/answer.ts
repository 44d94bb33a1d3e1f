import { type Family, formatAddress } from "../../net/ip/mod.ts";
import type { IpamResult } from "./result.ts";

export { type Allocation, type IpamResult, resultsOf, type RouteText } from "./result.ts";

/** One address in the answer; `IpConfig` of agent/api. Zero values are left out. */
export interface AnswerIp {
  version: Family;
  address: string;
  nic: string;
  gateway?: string;
  ipPool?: string;
  vlan?: number;
  mac?: string;
  enableGatewayDetection?: boolean;
  enableIPConflictDetection?: boolean;
}

/** One route in the answer. */
export interface AnswerRoute {
  ifName: string;
  dst: string;
  gw: string;
}

/** The answer to an ADD; `IpamAddResponse` of agent/api. */
export interface IpamAnswer {
  ips: AnswerIp[];
  routes: AnswerRoute[];
}

/** What {@linkcode answerOf} needs beyond the results. */
export interface AnswerOptions {
  /** NIC of the request: it comes first. */
  readonly nic: string;
  readonly enableIPConflictDetection: boolean;
  readonly enableGatewayDetection: boolean;
}

const defaultDestinations = { 4: "0.0.0.0/0", 6: "::/0" } as const;

/** Builds the answer: the current NIC first, the others in the order given, IPv4 before IPv6, default routes last. */
export function answerOf(results: readonly IpamResult[], options: AnswerOptions): IpamAnswer {
  const ordered = inAnswerOrder(results, options.nic);
  return { ips: ordered.map((result) => answerIp(result, options)), routes: answerRoutes(ordered) };
}

function inAnswerOrder(results: readonly IpamResult[], currentNic: string): readonly IpamResult[] {
  const nics = [...new Set([currentNic, ...results.map(({ nic }) => nic)])];
  return [...results].sort((a, b) => nics.indexOf(a.nic) - nics.indexOf(b.nic) || a.family - b.family);
}

function answerIp(result: IpamResult, options: AnswerOptions): AnswerIp {
  const { family, address, prefixLength, nic, gateway, pool, vlan, mac } = result;
  return {
    version: family,
    address: `${formatAddress(address)}/${prefixLength}`,
    nic,
    ...(gateway !== undefined && { gateway: formatAddress(gateway) }),
    ...(pool !== "" && { ipPool: pool }),
    ...(vlan !== 0 && { vlan }),
    ...(mac !== undefined && { mac }),
    ...(options.enableGatewayDetection && { enableGatewayDetection: true }),
    ...(options.enableIPConflictDetection && { enableIPConflictDetection: true }),
  };
}

function answerRoutes(results: readonly IpamResult[]): AnswerRoute[] {
  const all = [...results.flatMap(listedRoutes), ...results.flatMap(gatewayRoute)];
  const unique = [...new Map(all.map((route) => [`${route.ifName} ${route.dst} ${route.gw}`, route])).values()];
  return [...unique.filter((route) => !isDefault(route)), ...unique.filter(isDefault)];
}

function listedRoutes({ nic, routes }: IpamResult): AnswerRoute[] {
  return routes.map(({ dst, gw }) => ({ ifName: nic, dst, gw }));
}

function gatewayRoute({ nic, family, gateway, cleanGateway }: IpamResult): AnswerRoute[] {
  if (gateway === undefined || cleanGateway) return [];
  return [{ ifName: nic, dst: defaultDestinations[family], gw: formatAddress(gateway) }];
}

function isDefault({ dst }: AnswerRoute): boolean {
  return dst === defaultDestinations[4] || dst === defaultDestinations[6];
}
