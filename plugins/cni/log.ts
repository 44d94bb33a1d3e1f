import { jsonLine } from "../../net/base/json_line.ts";
import type { Log, LogFields } from "../../net/base/log.ts";
import { type LogFile, openLogFile } from "../../net/base/log_file.ts";
import { CniError } from "./errors.ts";
import { type LogLevel, logLevelOf, logLevels, type LogOptions } from "./log_options.ts";
import type { CniCall } from "./skeleton.ts";

/** A log and the file behind it. */
export interface PluginLog extends Log {
  [Symbol.dispose](): void;
}

/** What goes with every line. */
export interface LogSettings {
  /** Source file, such as `spiderpool/add.ts`. */
  readonly caller: string;
  /** Name of the plugin. */
  readonly logger: string;
  readonly fields: LogFields;
}

/**
 * Opens the log of one call: JSON lines in the configured file. A file that cannot be written moves the lines to
 * stderr; a call never fails for its log.
 *
 * @throws {CniError} code 7 when the level is unknown
 */
export function openLog(options: LogOptions, { call, settings }: { call: CniCall; settings: LogSettings }): PluginLog {
  return createLog({ level: logLevelOf(options), write: lineWriter(options, call), settings });
}

/** Like {@linkcode openLog}, but an unknown level is logged instead of thrown: DEL must go on. */
export function openTolerantLog(
  options: LogOptions,
  { call, settings }: { call: CniCall; settings: LogSettings },
): PluginLog {
  try {
    return openLog(options, { call, settings });
  } catch (err) {
    if (!(err instanceof CniError)) throw err;
    const log = openLog({ ...options, level: "debug" }, { call, settings });
    log.warn("ignored log_level", { err });
    return log;
  }
}

interface LineWriter {
  (line: string): void;
  close(): void;
}

/** Opens the file at the first line. */
function lineWriter(options: LogOptions, { io }: CniCall): LineWriter {
  let file: LogFile | "lost" | undefined;
  function write(line: string): void {
    try {
      file ??= openLogFile(options, Date.now());
      const bytes = new TextEncoder().encode(line);
      if (file !== "lost" && file.append(bytes) === bytes.length) return;
    } catch (err) {
      file = "lost";
      io.stderr(`Cannot write ${options.path}: ${err instanceof Error ? err.message : String(err)}\n`);
    }
    io.stderr(line);
  }
  write.close = function close(): void {
    if (file !== undefined && file !== "lost") file[Symbol.dispose]();
    file = undefined;
  };
  return write;
}

interface LogParts {
  readonly level: LogLevel;
  readonly write: LineWriter;
  readonly settings: LogSettings;
}

function createLog({ level, write, settings }: LogParts): PluginLog {
  function line(own: LogLevel, message: string, more: LogFields = {}): void {
    if (logLevels.indexOf(own) < logLevels.indexOf(level)) return;
    const { caller, fields, logger } = settings;
    const ts = new Date().toISOString();
    write(jsonLine({ level: own.toUpperCase(), ts, logger, caller, msg: message, ...fields, ...more }));
  }
  return {
    debug: (message, more) => line("debug", message, more),
    info: (message, more) => line("info", message, more),
    warn: (message, more) => line("warn", message, more),
    error: (message, more) => line("error", message, more),
    child: (more) => createLog({ level, write, settings: { ...settings, fields: { ...settings.fields, ...more } } }),
    [Symbol.dispose]: () => write.close(),
  };
}
