import type { ObjectSchema } from "../../agent/api/mod.ts";
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

/** The `ipam` section of the main plugin's configuration. */
export interface IpamConf extends AgentAddress {
  readonly defaultIpv4Pools: readonly string[] | undefined;
  readonly defaultIpv6Pools: readonly string[] | undefined;
  readonly cleanGateway: boolean;
  readonly matchMasterSubnet: boolean;
  /** Whether STATUS fails when the pools have no free address: `status_checks_pools`, a key of this project. */
  readonly statusChecksPools: boolean;
  readonly log: LogOptions;
}

interface IpamSection {
  agent_timeout_ms: number;
  clean_gateway: boolean;
  default_ipv4_ippool: string[];
  default_ipv6_ippool: string[];
  ipam_unix_socket_path: string;
  log_file_max_age: number;
  log_file_max_count: number;
  log_file_max_size: number;
  log_file_path: string;
  log_level: string;
  match_master_subnet: boolean;
  status_checks_pools: boolean;
}

const { text, flag, integer, texts } = confFields;

const ipamModel: ObjectSchema<IpamSection> = {
  type: "object",
  title: "IPAMConfig",
  required: [],
  properties: {
    agent_timeout_ms: integer,
    clean_gateway: flag,
    default_ipv4_ippool: texts,
    default_ipv6_ippool: texts,
    ipam_unix_socket_path: text,
    log_file_max_age: integer,
    log_file_max_count: integer,
    log_file_max_size: integer,
    log_file_path: text,
    log_level: text,
    match_master_subnet: flag,
    status_checks_pools: flag,
  },
};

const DEFAULT_LOG = "/var/log/spidernet/spiderpool.log";
const DEFAULT_TIMEOUT_MS = 100_000;

/**
 * Reads the `ipam` section. Unknown keys are ignored; a missing section has all defaults.
 *
 * @throws {CniError} code 7 for a wrong type
 */
export function parseIpamConf({ json }: NetConf): IpamConf {
  const section = decodeSection(ipamModel, withNumbers(memberOf(json, "ipam")), CniCode.InvalidConfig);
  return {
    ...agentAddressIn(section, DEFAULT_TIMEOUT_MS),
    defaultIpv4Pools: section.default_ipv4_ippool,
    defaultIpv6Pools: section.default_ipv6_ippool,
    cleanGateway: section.clean_gateway ?? false,
    matchMasterSubnet: section.match_master_subnet ?? false,
    statusChecksPools: section.status_checks_pools ?? false,
    log: logOptionsOf(section),
  };
}

function logOptionsOf(section: Partial<IpamSection>): LogOptions {
  const keys = {
    level: section.log_level,
    path: section.log_file_path,
    maxSizeMb: section.log_file_max_size,
    maxAgeDays: section.log_file_max_age,
    maxCount: section.log_file_max_count,
  };
  return withLogDefaults(keys, DEFAULT_LOG);
}

const numbers = ["log_file_max_age", "log_file_max_count", "log_file_max_size"];

/** The documents show the three numbers of the log as decimal strings. */
function withNumbers(section: unknown): unknown {
  if (typeof section !== "object" || section === null || Array.isArray(section)) return section;
  const entries = Object.entries(section).map(([key, value]) => {
    const isDecimal = typeof value === "string" && /^-?\d{1,9}$/.test(value);
    return [key, isDecimal && numbers.includes(key.toLowerCase()) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}
