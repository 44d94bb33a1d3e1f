import { REMOVED, withoutSecrets } from "../log_secrets.ts";

/** Where a setting comes from: `upstream` has it too, a version is this project's own that brought it. */
export type Since = "upstream" | "0.1.0";

/** What is written about a setting, beside its name and type. */
export interface SettingText {
  /** What it does, in one or two sentences. */
  readonly text: string;
  /** @default "upstream" */
  readonly since?: Since;
}

/** One setting as the reference pages list it. All members are for people. */
export interface SettingRow {
  /** Name of a variable, or path of a key such as `agent.peerCommit.port`. */
  readonly name: string;
  readonly type: string;
  /** What it is when not given; empty: nothing. */
  readonly default: string;
  /** Which values are taken. */
  readonly allowed: string;
  readonly text: string;
  readonly since: Since;
}

/** What stands before the host of a URL whose scheme may be missing. */
const userInfo = /^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/i;

/** A value as an error shows it: JSON of at most 80 characters, without the password of a URL. */
export function shownValue(value: unknown): string {
  if (value === undefined) return "missing";
  const told = typeof value === "string" ? value.replace(userInfo, `$1${REMOVED}@`) : value;
  const text = withoutSecrets(JSON.stringify(told) ?? String(told));
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
