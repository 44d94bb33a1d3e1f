import type { ObjectSchema } from "./schema.ts";
import type {
  ConflictIP,
  CoordinatorConfig,
  CoordinatorRoute,
  DetectionSettings,
  Dns,
  GetCoordinatorArgs,
  IpamAddArgs,
  IpamAddResponse,
  IpamBatchDelArgs,
  IpamDelArgs,
  IpConfig,
  Route,
  WorkloadEndpointInterface,
  WorkloadEndpointStatus,
} from "./types.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const integer = { type: "integer" } as const;
const mac = { type: "string", pattern: "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$" } as const;
const texts = { type: "array", items: text } as const;

/** Table of {@linkcode IpamAddArgs}. */
export const ipamAddArgsModel: ObjectSchema<IpamAddArgs> = {
  type: "object",
  title: "IpamAddArgs",
  required: ["containerID", "ifName", "netNamespace", "podName", "podNamespace", "podUID"],
  properties: {
    cleanGateway: flag,
    containerID: text,
    defaultIPv4IPPool: texts,
    defaultIPv6IPPool: texts,
    ifName: text,
    matchMasterSubnet: flag,
    netNamespace: text,
    networkName: text,
    podName: text,
    podNamespace: text,
    podUID: text,
  },
};

/** Table of {@linkcode IpamDelArgs}. */
export const ipamDelArgsModel: ObjectSchema<IpamDelArgs> = {
  type: "object",
  title: "IpamDelArgs",
  required: ["containerID", "ifName", "podName", "podNamespace", "podUID"],
  properties: {
    containerID: text,
    ifName: text,
    netNamespace: text,
    podName: text,
    podNamespace: text,
    podUID: text,
  },
};

/** Table of {@linkcode ConflictIP}. */
export const conflictIPModel: ObjectSchema<ConflictIP> = {
  type: "object",
  title: "ConflictIP",
  required: ["ip"],
  properties: { ip: text, mac, nic: text },
};

/** Table of {@linkcode IpamBatchDelArgs}. */
export const ipamBatchDelArgsModel: ObjectSchema<IpamBatchDelArgs> = {
  type: "object",
  title: "IpamBatchDelArgs",
  required: ["containerID", "podName", "podNamespace", "podUID"],
  properties: {
    conflictIPs: { type: "array", items: conflictIPModel },
    containerID: text,
    ifName: text,
    isReleaseConflictIPs: flag,
    netNamespace: text,
    podName: text,
    podNamespace: text,
    podUID: text,
  },
};

/** Table of {@linkcode Dns}. */
export const dnsModel: ObjectSchema<Dns> = {
  type: "object",
  title: "DNS",
  required: [],
  properties: { domain: text, nameservers: texts, options: texts, search: texts },
};

/** Table of {@linkcode IpConfig}. */
export const ipConfigModel: ObjectSchema<IpConfig> = {
  type: "object",
  title: "IPConfig",
  required: ["address", "nic", "version"],
  properties: {
    address: text,
    enableGatewayDetection: flag,
    enableIPConflictDetection: flag,
    gateway: text,
    ipPool: text,
    mac,
    nic: text,
    version: { type: "integer", enum: [4, 6] },
    vlan: integer,
  },
};

/** Table of {@linkcode Route}. */
export const routeModel: ObjectSchema<Route> = {
  type: "object",
  title: "Route",
  required: ["dst", "gw", "ifName"],
  properties: { dst: text, gw: text, ifName: text },
};

/** Table of {@linkcode DetectionSettings}. */
export const detectionModel: ObjectSchema<DetectionSettings> = {
  type: "object",
  title: "DetectionSettings",
  required: [],
  properties: {
    announceAlways: flag,
    conflictProbes: integer,
    gatewayProbes: integer,
    gatewayWarnOnly: flag,
    intervalMs: integer,
    linkWaitMs: integer,
  },
};

/** Table of {@linkcode IpamAddResponse}. */
export const ipamAddResponseModel: ObjectSchema<IpamAddResponse> = {
  type: "object",
  title: "IpamAddResponse",
  required: ["ips"],
  properties: {
    detection: detectionModel,
    dns: dnsModel,
    ips: { type: "array", items: ipConfigModel },
    routes: { type: "array", items: routeModel },
  },
};

/** Upstream's agent leaves `ifName` null here, although its own description requires it. */
const endpointRouteModel: ObjectSchema<Route> = { ...routeModel, required: ["dst", "gw"] };

/** Table of {@linkcode WorkloadEndpointInterface}. */
export const workloadEndpointInterfaceModel: ObjectSchema<WorkloadEndpointInterface> = {
  type: "object",
  title: "WorkloadEndpointInterface",
  required: ["interface"],
  properties: {
    interface: text,
    ipv4: text,
    ipv4Gateway: text,
    ipv4Pool: text,
    ipv6: text,
    ipv6Gateway: text,
    ipv6Pool: text,
    mac: text,
    routes: { type: "array", items: endpointRouteModel },
    vlan: integer,
  },
};

/** Table of {@linkcode WorkloadEndpointStatus}. */
export const workloadEndpointStatusModel: ObjectSchema<WorkloadEndpointStatus> = {
  type: "object",
  title: "WorkloadEndpointStatus",
  required: ["interfaces", "node", "podName", "podNamespace", "podUID"],
  properties: {
    interfaces: { type: "array", items: workloadEndpointInterfaceModel },
    node: text,
    podName: text,
    podNamespace: text,
    podUID: text,
  },
};

/** Table of {@linkcode GetCoordinatorArgs}. */
export const getCoordinatorArgsModel: ObjectSchema<GetCoordinatorArgs> = {
  type: "object",
  title: "GetCoordinatorArgs",
  required: [],
  properties: { podName: text, podNamespace: text },
};

/** Table of {@linkcode CoordinatorRoute}. */
export const coordinatorRouteModel: ObjectSchema<CoordinatorRoute> = {
  type: "object",
  title: "CoordinatorRoute",
  required: ["dst", "gw"],
  properties: { dst: text, gw: text },
};

/** Table of {@linkcode CoordinatorConfig}. */
export const coordinatorConfigModel: ObjectSchema<CoordinatorConfig> = {
  type: "object",
  title: "CoordinatorConfig",
  required: ["mode", "overlayPodCIDR", "serviceCIDR", "tunePodRoutes"],
  properties: {
    hijackCIDR: texts,
    hostRuleTable: integer,
    mode: text,
    overlayPodCIDR: texts,
    podDefaultRouteNIC: text,
    podMACPrefix: text,
    podRPFilter: integer,
    policyRoutes: { type: "array", items: coordinatorRouteModel },
    serviceCIDR: texts,
    tunePodRoutes: flag,
    txQueueLen: integer,
    vethLinkAddress: text,
    vethMTU: integer,
  },
};
