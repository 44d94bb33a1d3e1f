import type { Clock } from "../net/base/clock.ts";
import { jsonLine } from "../net/base/json_line.ts";
import type { Log, LogFields } from "../net/base/log.ts";
import type { LogLevel } from "./config/environment.ts";
import { upstreamFields } from "./log_fields.ts";
import { TornLineError } from "./log_output.ts";
import { withoutSecrets } from "./log_secrets.ts";

/** Where lines go and which are written. */
export interface JsonLogOptions {
  /** Takes one line with its newline. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
  /** Lines below it are dropped; `fatal` and `panic` keep no line, because nothing here is above `error`. */
  readonly level: LogLevel;
  /** On every line. */
  readonly fields?: LogFields;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4, panic: 5 };
const reserved = ["level", "ts", "msg"];

/** A log of JSON lines: `level`, `ts` (ISO 8601), `msg`, then the fields by upstream's names. Nothing secret gets into a line. */
export function createJsonLog({ write, clock, level, fields = {} }: JsonLogOptions): Log {
  function line(own: "debug" | "info" | "warn" | "error", message: string, more: LogFields = {}): void {
    if (ranks[own] < ranks[level]) return;
    const ts = new Date(clock.now()).toISOString();
    const named = upstreamFields(withoutReserved({ ...fields, ...more }));
    write(withoutSecrets(jsonLine({ level: own.toUpperCase(), ts, msg: message, ...named })));
  }
  return {
    isDebug: ranks.debug >= ranks[level],
    debug: (message, more) => line("debug", message, more),
    info: (message, more) => line("info", message, more),
    warn: (message, more) => line("warn", message, more),
    error: (message, more) => line("error", message, more),
    child: (more) => createJsonLog({ write, clock, level, fields: { ...fields, ...more } }),
  };
}

/** A field cannot hide what makes a line a line. */
function withoutReserved(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [reserved.includes(key) ? `${key}_` : key, value]),
  );
}

/**
 * Writes to standard output; a reader that has gone is no error.
 *
 * @throws {Error} such as on a disk that is full
 */
export function writeToStdout(text: string): void {
  const bytes = new TextEncoder().encode(text);
  let sent = 0;
  try {
    while (sent < bytes.length) sent += Deno.stdout.writeSync(bytes.subarray(sent));
  } catch (err) {
    if (err instanceof Deno.errors.BrokenPipe) return;
    throw sent > 0 ? new TornLineError(sent, { cause: err }) : err;
  }
}
