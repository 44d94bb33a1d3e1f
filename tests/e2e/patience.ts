/** Waiting for what a cluster does in its own time. */
import { waitUntil } from "../../scripts/cluster/wait.ts";

/**
 * How long a condition may take to come true, in milliseconds. Much longer than it does: a machine may be busy with other things, and only a hang
 * must end.
 */
export const PATIENCE_MS = 300_000;

/** The same as an option of kubectl. */
export const PATIENT = `--timeout=${PATIENCE_MS / 1000}s`;

/** What no waiting can mend. */
export class HopelessError extends Error {
  override readonly name = "HopelessError";
}

/** How to wait. */
export interface PatientOptions {
  /** Between two looks, in milliseconds. @default 500 */
  readonly everyMs?: number;
  /** @default {@linkcode PATIENCE_MS} */
  readonly timeoutMs?: number;
}

/**
 * Waits until `look` gives `undefined`; what it gives before says what is missing. What it throws says so, too: in a cluster
 * that changes, anything may go while it is being read.
 *
 * @param what after "Cannot …"
 * @throws {WaitError} when time is up
 * @throws {HopelessError} as soon as `look` does
 */
export async function patiently(
  what: string,
  look: () => Promise<string | undefined>,
  { everyMs = 500, timeoutMs = PATIENCE_MS }: PatientOptions = {},
): Promise<void> {
  const safeLook = () => look().catch(reasonOf);
  await waitUntil(safeLook, { what, timeoutMs, everyMs });
}

function reasonOf(err: unknown): string {
  if (err instanceof HopelessError) throw err;
  return err instanceof Error ? err.message : String(err);
}
