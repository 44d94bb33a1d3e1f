import type { ObjectSchema } from "./schema.ts";
import { flag, integer, mac, text, texts } from "./schema_fields.ts";
import type {
  ConflictIP,
  DetectionSettings,
  Dns,
  IpamAddArgs,
  IpamAddResponse,
  IpamBatchDelArgs,
  IpamDelArgs,
  IpConfig,
  Route,
} from "./types.ts";

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
