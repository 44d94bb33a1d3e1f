import type { LogFileOptions } from "../../net/base/log_file.ts";
import { CniCode, CniError } from "./errors.ts";

/** Levels that `log_level` knows, from talkative to silent. */
export const logLevels = ["debug", "info", "warn", "error", "fatal", "panic"] as const;

/** One of {@linkcode logLevels}. */
export type LogLevel = typeof logLevels[number];

/** Where and how long lines are kept, and which. */
export interface LogOptions extends LogFileOptions {
  /** As given; {@linkcode logLevelOf} reads it. */
  readonly level: string;
}

/** The keys of a configuration as given: what is left out is `undefined`. */
export type LogKeys = { readonly [Key in keyof LogOptions]: LogOptions[Key] | undefined };

/**
 * Fills in what the configuration leaves out. As upstream does, 0 is 100 MB and no limit of age or count; below 0 is
 * 100 MB, 30 days and 10 files.
 */
export function withLogDefaults(keys: LogKeys, defaultPath: string): LogOptions {
  const { maxSizeMb = 0, maxAgeDays = 0, maxCount = 0 } = keys;
  return {
    level: keys.level || "debug",
    path: keys.path || defaultPath,
    maxSizeMb: maxSizeMb <= 0 ? 100 : maxSizeMb,
    maxAgeDays: maxAgeDays < 0 ? 30 : maxAgeDays,
    maxCount: maxCount < 0 ? 10 : maxCount,
  };
}

/**
 * The level that `log_level` names, in any letter case.
 *
 * @throws {CniError} code 7
 */
export function logLevelOf({ level }: LogOptions): LogLevel {
  const known = logLevels.find((candidate) => candidate === level.toLowerCase());
  if (known !== undefined) return known;
  const choice = logLevels.join(", ");
  throw new CniError(
    CniCode.InvalidConfig,
    `Cannot use log_level ${JSON.stringify(level)}: it must be one of ${choice}`,
  );
}
