import { ContractError } from "./contract_error.ts";
import { requiredQuery } from "./decode.ts";
import type { ExplainQuery } from "./explain_types.ts";

/** Codes of upstream's framework (go-openapi). */
const INVALID_TYPE = 601;
const TOO_LONG = 603;
const PATTERN_MISMATCH = 605;
const TOO_MANY = 616;

/** Kubernetes: DNS subdomain names, RFC 1123. */
const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
/** Linux: `dev_valid_name` of net/core/dev.c. */
const linkName = /^[^\s/:]{1,15}$/;
/** What pools can be named by: a name or a pattern. */
const poolName = /^[^\s/]{1,253}$/;
const MAX_POOLS = 256;

/**
 * Reads the query of `GET /v1/ipam/explain`. Parameters of pools may occur several times, or once and empty: nothing is
 * named then. Unknown parameters are ignored.
 *
 * @throws {ContractError} 422 for a missing or unusable parameter
 */
export function parseExplainQuery(query: URLSearchParams): ExplainQuery {
  const podName = matching(objectName, "podName", requiredQuery(query, "podName"));
  const podNamespace = matching(objectName, "podNamespace", requiredQuery(query, "podNamespace"));
  const ifName = query.get("ifName") ?? "";
  return {
    podNamespace,
    podName,
    ...(ifName === "" ? {} : { ifName: matching(linkName, "ifName", ifName) }),
    ...member("defaultIPv4IPPool", poolsOf(query, "defaultIPv4IPPool")),
    ...member("defaultIPv6IPPool", poolsOf(query, "defaultIPv6IPPool")),
    ...member("cleanGateway", flagOf(query, "cleanGateway")),
    ...member("matchMasterSubnet", flagOf(query, "matchMasterSubnet")),
  };
}

/** The target of a request that asks `query`. */
export function explainTarget(path: string, query: ExplainQuery): string {
  const { podNamespace, podName, ifName, defaultIPv4IPPool, defaultIPv6IPPool, ...flags } = query;
  const parameters = new URLSearchParams({ podNamespace, podName, ...(ifName === undefined ? {} : { ifName }) });
  for (const [name, values] of Object.entries({ defaultIPv4IPPool, defaultIPv6IPPool })) {
    if (values === undefined) continue;
    for (const value of values.length === 0 ? [""] : values) parameters.append(name, value);
  }
  for (const [name, flag] of Object.entries(flags)) if (flag !== undefined) parameters.set(name, String(flag));
  return `${path}?${parameters}`;
}

/**
 * Names of pools in the query, or patterns: `undefined` when the parameter is absent.
 *
 * @throws {ContractError} 422 for too many or an unusable one
 */
export function poolsOf(query: URLSearchParams, name: string): readonly string[] | undefined {
  if (!query.has(name)) return undefined;
  const values = query.getAll(name).filter((value) => value !== "");
  if (values.length > MAX_POOLS) {
    throw new ContractError(422, TOO_MANY, `${name} in query should have at most ${MAX_POOLS} items`);
  }
  return values.map((value) => matching(poolName, name, value));
}

function flagOf(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null || value === "") return undefined;
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  const shown = JSON.stringify(value.slice(0, 64));
  throw new ContractError(422, INVALID_TYPE, `${name} in query must be of type boolean: ${shown}`);
}

function matching(pattern: RegExp, name: string, value: string): string {
  if (value.length > 253) {
    throw new ContractError(422, TOO_LONG, `${name} in query should be at most 253 chars long`);
  }
  if (pattern.test(value)) return value;
  throw new ContractError(422, PATTERN_MISMATCH, `${name} in query should match '${pattern.source}'`);
}

function member<K extends string, V>(name: K, value: V | undefined): { [name in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [name in K]?: V }; // one member of this name and type
}
