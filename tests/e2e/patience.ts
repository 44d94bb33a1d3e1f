/**
 * How long a condition may take to come true, in milliseconds. Much longer than it does: a machine may be busy with other things, and only a hang
 * must end.
 */
export const PATIENCE_MS = 300_000;

/** The same as an option of kubectl. */
export const PATIENT = `--timeout=${PATIENCE_MS / 1000}s`;
