import type { Clock } from "../../net/base/clock.ts";
import { jsonLine } from "../../net/base/json_line.ts";
import { withoutSecrets } from "../log_secrets.ts";

/** Where the last line goes. */
export interface PanicReport {
  /** Takes one line with its newline. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
}

/**
 * Writes a line into the log about an error that nobody has caught. The runtime then ends the process with code 1: what
 * is half done is in the journal, and an agent whose state nobody knows must not go on.
 */
export function reportPanics(report: PanicReport): void {
  globalThis.addEventListener("error", ({ error }) => reportPanic(error, report));
  globalThis.addEventListener("unhandledrejection", ({ reason }) => reportPanic(reason, report));
}

function reportPanic(err: unknown, { write, clock }: PanicReport): void {
  const stack = err instanceof Error ? err.stack : undefined;
  const ts = new Date(clock.now()).toISOString();
  const msg = "ends because of an error that nobody expected";
  write(withoutSecrets(jsonLine({ level: "PANIC", ts, msg, err, stack })));
}
