import type { InterfaceAllocation, SpiderEndpoint } from "../generated/mod.ts";
import type { AnswerRoute } from "./answer.ts";
import { canonicalRoute } from "./result.ts";

/** Answer of `GET /v1/workloadendpoint`; `WorkloadEndpointStatus` of agent/api. */
export interface EndpointView {
  podNamespace: string;
  podName: string;
  podUID: string;
  node: string;
  interfaces: InterfaceView[];
}

/** One NIC of an {@linkcode EndpointView}. Empty and zero members are left out. */
export interface InterfaceView {
  interface: string;
  ipv4?: string;
  ipv6?: string;
  ipv4Pool?: string;
  ipv6Pool?: string;
  ipv4Gateway?: string;
  ipv6Gateway?: string;
  mac?: string;
  vlan?: number;
  routes: AnswerRoute[];
}

const texts = ["ipv4", "ipv6", "ipv4Pool", "ipv6Pool", "ipv4Gateway", "ipv6Gateway", "mac"] as const;

/** What an endpoint says, for CHECK and the vlan plugin (spec/agent.md §8.6); routes carry their interface. */
export function endpointViewOf({ metadata, status }: SpiderEndpoint): EndpointView {
  return {
    podNamespace: metadata.namespace ?? "",
    podName: metadata.name,
    podUID: status?.current.uid ?? "",
    node: status?.current.node ?? "",
    interfaces: (status?.current.ips ?? []).map(interfaceViewOf),
  };
}

function interfaceViewOf(entry: InterfaceAllocation): InterfaceView {
  const view: InterfaceView = {
    interface: entry.interface,
    routes: (entry.routes ?? []).map((route) => ({ ifName: entry.interface, ...canonicalRoute(route) })),
  };
  for (const key of texts) {
    const text = entry[key];
    if (text !== undefined && text !== "") view[key] = text;
  }
  if (entry.vlan !== undefined && entry.vlan !== 0) view.vlan = entry.vlan;
  return view;
}
