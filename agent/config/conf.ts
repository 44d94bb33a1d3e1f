import * as v from "valibot";
import { parse as parseYaml } from "yaml";
import { agentDefaults } from "./conf_defaults.ts";
import { type Conf, confSchema } from "./conf_schema.ts";
import { shownValue } from "./setting.ts";
import { type UnknownKey, unknownKeys } from "./unknown_keys.ts";

/** The ConfigMap's `conf.yml` is not usable; `problems` are all flaws, each with its key. */
export class ConfError extends Error {
  override readonly name = "ConfError";

  constructor(readonly problems: readonly string[], options?: ErrorOptions) {
    super(`Cannot read conf.yml: ${problems.join("; ")}`, options);
  }
}

/** A configuration and what is odd about it. */
export interface ParsedConf {
  readonly conf: Conf;
  /** Keys that nobody reads. */
  readonly unknownKeys: readonly UnknownKey[];
}

/** More than any sensible file has; keeps a wrong mount from filling the memory. */
const MAX_CONF_CHARACTERS = 1024 * 1024;
/** More are counted: a list of the wrong type has one for each of its elements. */
const MAX_PROBLEMS = 50;

/**
 * Reads `conf.yml`. A missing or `null` key has its default, an unknown one is reported, a wrong type is an error.
 *
 * @param text YAML 1.2; nothing at all is the same as no keys
 * @throws {ConfError}
 */
export function parseConf(text: string): ParsedConf {
  const document = parseDocument(text);
  if (typeof document !== "object" || Array.isArray(document)) throw new ConfError(["it is no mapping of keys"]);
  const result = v.safeParse(confSchema, document);
  if (!result.success) throw new ConfError(problemsOf(result.issues));
  return { conf: result.output, unknownKeys: unknownKeys(document) };
}

/** What an empty `conf.yml` means. */
export function defaultConf(): Conf {
  return v.parse(confSchema, {});
}

export { agentDefaults };
export type { Conf, UnknownKey };

function parseDocument(text: string): unknown {
  if (text.length > MAX_CONF_CHARACTERS) throw new ConfError([`it is longer than ${MAX_CONF_CHARACTERS} characters`]);
  try {
    return parseYaml(text, { logLevel: "error" }) ?? {}; // its warnings would go to stderr past the log
  } catch (err) {
    const reason = err instanceof Error ? err.message.split("\n", 1)[0] ?? "" : String(err);
    throw new ConfError([reason], { cause: err });
  }
}

function problemsOf(issues: readonly v.BaseIssue<unknown>[]): string[] {
  const told = issues.slice(0, MAX_PROBLEMS).map(describe);
  return issues.length > told.length ? [...told, `and ${issues.length - told.length} more`] : told;
}

function describe(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? "conf.yml"} is ${shownValue(issue.input)}, but ${issue.message}`;
}
