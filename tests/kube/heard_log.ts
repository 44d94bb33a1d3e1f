import type { Log, LogFields } from "../../net/base/log.ts";

/** A log that keeps its lines as `level message`, and their fields. */
export interface HeardLog extends Log {
  readonly lines: readonly string[];
  readonly fields: readonly LogFields[];
}

/** Makes a log for tests that look at what an operator is told; debug lines are left out. */
export function heardLog(): HeardLog {
  const lines: string[] = [];
  const fields: LogFields[] = [];
  const hear = (level: string) => (message: string, more: LogFields = {}) => {
    lines.push(`${level} ${message}`);
    fields.push(more);
  };
  const log: HeardLog = {
    lines,
    fields,
    isDebug: false,
    debug() {},
    info: hear("info"),
    warn: hear("warn"),
    error: hear("error"),
    child: () => log,
  };
  return log;
}
