import { ContractError, decodeGoJson, type ObjectSchema } from "../../agent/api/mod.ts";
import { CniCode, CniError } from "./errors.ts";

/** What every plugin reads of its config. */
export interface NetConf {
  /** As given; empty when it is not. */
  readonly cniVersion: string;
  readonly name: string;
  /** The whole document, for the plugin's own keys. */
  readonly json: unknown;
}

interface Envelope {
  cniVersion?: string;
  name?: string;
}

const envelope: ObjectSchema<Envelope> = {
  type: "object",
  title: "NetConf",
  required: [],
  properties: { cniVersion: { type: "string" }, name: { type: "string" } },
};

/**
 * Reads stdin's JSON by Go's rules: keys in any letter case, `null` for absent, nothing after the value.
 *
 * @throws {CniError} code 6
 */
export function parseNetConf(bytes: Uint8Array): NetConf {
  const json = parseJson(bytes);
  const { cniVersion = "", name = "" } = decodeSection(envelope, json, CniCode.Decoding);
  return { cniVersion, name, json };
}

/**
 * Gives a part of the config its type.
 *
 * @param code of the error: 6 for the envelope, 7 for a plugin's own keys
 * @throws {CniError}
 */
export function decodeSection<T extends object>(model: ObjectSchema<T>, json: unknown, code: number): Partial<T> {
  try {
    return (decodeGoJson(model, json) ?? {}) as Partial<T>; // decodeGoJson gave every member its type
  } catch (err) {
    if (!(err instanceof ContractError)) throw err;
    throw new CniError(code, `Cannot read the network configuration: ${err.message}`, { cause: err });
  }
}

/** Whether a JSON object has the member `name` in any letter case, `null` or not. */
export function hasMember(json: unknown, name: string): boolean {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false;
  return Object.keys(json).some((key) => key.toLowerCase() === name.toLowerCase());
}

/** The member `name` of a JSON object in any letter case, exact spelling first; `undefined` for none or `null`. */
export function memberOf(json: unknown, name: string): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const entries = Object.entries(json);
  const found = entries.find(([key]) => key === name) ??
    entries.findLast(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1] ?? undefined;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new CniError(CniCode.Decoding, `Cannot read the network configuration: ${reason}`, { cause: err });
  }
}
