import type { ObjectSchema, Schema } from "../../agent/api/mod.ts";
import { decodeSection, memberOf, type NetConf } from "./config.ts";
import { CniCode, CniError } from "./errors.ts";
import type { CniInterface, CniIp } from "./result.ts";

/** What CHECK compares of a result. */
export interface PreviousResult {
  readonly interfaces: readonly CniInterface[];
  readonly ips: readonly CniIp[];
}

const text: Schema = { type: "string" };
const interfaceModel: ObjectSchema<Pick<CniInterface, "name">> = {
  type: "object",
  title: "Interface",
  required: ["name"],
  properties: { name: text },
};
const ipModel: ObjectSchema<Pick<CniIp, "address" | "interface">> = {
  type: "object",
  title: "IPConfig",
  required: ["address"],
  properties: { address: text, interface: { type: "integer" } },
};
const model: ObjectSchema<PreviousResult> = {
  type: "object",
  title: "Result",
  required: [],
  properties: { interfaces: { type: "array", items: interfaceModel }, ips: { type: "array", items: ipModel } },
};

/**
 * The result of the last ADD, which CHECK is given (its config is of 0.4.0 or later).
 *
 * @throws {CniError} code 7 when it is missing or no result
 */
export function previousResultOf({ json }: NetConf): PreviousResult {
  const member = memberOf(json, "prevResult");
  if (member === undefined) {
    throw new CniError(CniCode.InvalidConfig, "Cannot check: the configuration has no prevResult");
  }
  const { interfaces = [], ips = [] } = decodeSection(model, member, CniCode.InvalidConfig);
  return { interfaces, ips };
}
