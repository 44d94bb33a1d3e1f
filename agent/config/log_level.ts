/** Levels of the log, from talkative to silent. */
export const logLevels = ["debug", "info", "warn", "error", "fatal", "panic"] as const;

/** One of {@linkcode logLevels}. */
export type LogLevel = typeof logLevels[number];
