import type { CoordinatorRoute, ObjectSchema } from "../../agent/api/mod.ts";
import {
  type AgentAddress,
  agentAddressIn,
  CniCode,
  confFields,
  decodeSection,
  type LogOptions,
  memberOf,
  type NetConf,
  withLogDefaults,
} from "../cni/mod.ts";

/** The plugin's own keys of the network configuration, as given; what is left out is `undefined`. */
export interface CoordinatorConf {
  agent_timeout_ms?: number;
  hijackCIDR?: string[];
  hostAddressExclude?: string[];
  hostRuleTable?: number;
  ipam_unix_socket_path?: string;
  mode?: string;
  overlayPodCIDR?: string[];
  podDefaultCniNic?: string;
  podDefaultRouteNic?: string;
  podMACPrefix?: string;
  podRPFilter?: number;
  policyRoutes?: CoordinatorRoute[];
  serviceCIDR?: string[];
  tunePodRoutes?: boolean;
  txQueueLen?: number;
  vethLinkAddress?: string;
  vethMTU?: number;
}

interface LogSection {
  logFile?: string;
  logLevel?: string;
  logMaxAge?: number;
  logMaxCount?: number;
  logMaxSize?: number;
}

const { text, flag, integer, texts } = confFields;

const confModel: ObjectSchema<CoordinatorConf> = {
  type: "object",
  title: "Config",
  required: [],
  properties: {
    agent_timeout_ms: integer,
    hijackCIDR: texts,
    hostAddressExclude: texts,
    hostRuleTable: integer,
    ipam_unix_socket_path: text,
    mode: text,
    overlayPodCIDR: texts,
    podDefaultCniNic: text,
    podDefaultRouteNic: text,
    podMACPrefix: text,
    podRPFilter: integer,
    policyRoutes: {
      type: "array",
      items: { type: "object", title: "Route", required: [], properties: { dst: text, gw: text } },
    },
    serviceCIDR: texts,
    tunePodRoutes: flag,
    txQueueLen: integer,
    vethLinkAddress: text,
    vethMTU: integer,
  },
};

const logModel: ObjectSchema<LogSection> = {
  type: "object",
  title: "LogOptions",
  required: [],
  properties: { logFile: text, logLevel: text, logMaxAge: integer, logMaxCount: integer, logMaxSize: integer },
};

const DEFAULT_LOG = "/var/log/spidernet/coordinator.log";
const DEFAULT_TIMEOUT_MS = 30_000;

/** Reads the plugin's own keys. Unknown keys are ignored. @throws {CniError} code 7 for a wrong type */
export function parseCoordinatorConf({ json }: NetConf): CoordinatorConf {
  return decodeSection(confModel, json, CniCode.InvalidConfig);
}

/** Where the agent is, and how long to wait for it, in milliseconds. @throws {CniError} code 7 */
export function agentAddressOf(conf: CoordinatorConf): AgentAddress {
  return agentAddressIn(conf, DEFAULT_TIMEOUT_MS);
}

/** Where lines are kept. @throws {CniError} code 7 for a wrong type */
export function logOptionsOf({ json }: NetConf): LogOptions {
  const section: LogSection = decodeSection(logModel, memberOf(json, "logOptions"), CniCode.InvalidConfig);
  const keys = {
    level: section.logLevel,
    path: section.logFile,
    maxSizeMb: section.logMaxSize,
    maxAgeDays: section.logMaxAge,
    maxCount: section.logMaxCount,
  };
  return withLogDefaults(keys, DEFAULT_LOG);
}
