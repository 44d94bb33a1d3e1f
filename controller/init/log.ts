import type { Clock } from "../../net/base/clock.ts";
import { jsonLine } from "../../net/base/json_line.ts";
import type { Log, LogFields } from "../../net/base/log.ts";

/** A log of JSON lines: `level`, `ts` (ISO 8601), `msg`, then the fields. Leaves `debug` out. */
export function createInitLog(write: (line: string) => void, clock: Clock, { fields = {} }: {
  readonly fields?: LogFields;
} = {}): Log {
  function line(level: string, msg: string, more: LogFields = {}): void {
    const own = { level, ts: new Date(clock.now()).toISOString(), msg };
    write(jsonLine({ ...own, ...fields, ...more, ...own })); // first, and a field cannot hide them
  }
  return {
    debug() {},
    info: (message, more) => line("INFO", message, more),
    warn: (message, more) => line("WARN", message, more),
    error: (message, more) => line("ERROR", message, more),
    child: (more) => createInitLog(write, clock, { fields: { ...fields, ...more } }),
  };
}
