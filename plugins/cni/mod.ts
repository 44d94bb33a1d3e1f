/**
 * What the CNI plugins have in common: environment, configuration, versions, results, errors and the order of checks.
 *
 * @example
 * ```ts
 * import { cniVersions, runPlugin, systemIo } from "./plugins/cni/mod.ts";
 *
 * const nothing = () => Promise.resolve(() => Promise.resolve(""));
 * const commands = { ADD: nothing, DEL: nothing, CHECK: nothing, GC: nothing, STATUS: nothing };
 * Deno.exit(await runPlugin({ about: "Example", supportedVersions: cniVersions, commands }, systemIo((name) => Deno.env.get(name))));
 * ```
 *
 * @module
 */
export { type AgentAddress, agentAddressIn, type AgentKeys } from "./agent_address.ts";
export { agentFailure, askedForStatus, type FailureWords, STATUS_MS } from "./agent_failure.ts";
export { parseArgs, type ParsedArgs, type PodArgs, readArgs } from "./args.ts";
export { confFields } from "./conf_fields.ts";
export { decodeSection, hasMember, memberOf, type NetConf, parseNetConf } from "./config.ts";
export {
  addressesOf,
  type EchoedLink,
  type EchoedResult,
  echoedResultOf,
  formatEchoed,
  linksOf,
  previousResultOf,
  type ResultChanges,
  tryEchoedResultOf,
} from "./echo_result.ts";
export { type CniEnvironment, cniVariableNames, type Verb } from "./environment.ts";
export { CniCode, CniError } from "./errors.ts";
export type { NetnsIdentity, PluginIo } from "./io.ts";
export { type LogSettings, openLog, openTolerantLog, type PluginLog } from "./log.ts";
export { fieldsOf } from "./log_fields.ts";
export { type LogKeys, type LogLevel, logLevelOf, logLevels, type LogOptions, withLogDefaults } from "./log_options.ts";
export { requireNetns } from "./netns.ts";
export {
  type CniDns,
  type CniInterface,
  type CniIp,
  type CniResult,
  type CniRoute,
  cniRoute,
  convertResult,
  formatResult,
  type ListResult,
  type PairIp,
  type PairResult,
} from "./result.ts";
export { type CniCall, type Command, type Plugin, runPlugin } from "./skeleton.ts";
export { systemIo } from "./system_io.ts";
export { cniVersions, compareVersions } from "./versions.ts";
