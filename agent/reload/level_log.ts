import type { Log } from "../../net/base/log.ts";
import type { LogLevel } from "../config/log_level.ts";

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4, panic: 5 };

/**
 * `log` without the lines below a level that may change at any time.
 *
 * @param log keeps all lines
 * @param level `fatal` and `panic` keep no line, because nothing is above `error`
 */
export function levelLog(log: Log, level: () => LogLevel): Log {
  function keeps(own: LogLevel): boolean {
    return ranks[own] >= ranks[level()];
  }
  return {
    get isDebug() {
      return keeps("debug");
    },
    debug: (message, fields) => keeps("debug") && log.debug(message, fields),
    info: (message, fields) => keeps("info") && log.info(message, fields),
    warn: (message, fields) => keeps("warn") && log.warn(message, fields),
    error: (message, fields) => keeps("error") && log.error(message, fields),
    child: (fields) => levelLog(log.child(fields), level),
  };
}
