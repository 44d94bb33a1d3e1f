/** Facts of a log line; keys are camelCase and the same everywhere (`pool`, `pod`, `podUid`, `ifname`, `err`, …). */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go: a constant lower-case message and fields. */
export interface Log {
  /** Whether debug lines are kept; fields that cost something are made only then. @default true */
  readonly isDebug?: boolean;
  /** Why something was decided. */
  debug(message: string, fields?: LogFields): void;
  /** State changed. */
  info(message: string, fields?: LogFields): void;
  /** Something is odd and was coped with. */
  warn(message: string, fields?: LogFields): void;
  /** Someone must act. */
  error(message: string, fields?: LogFields): void;
  /** A log that adds `fields` to each of its lines. */
  child(fields: LogFields): Log;
}

/** A log that drops everything. */
export const silentLog: Log = {
  isDebug: false,
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
