import type { Clock } from "../base/clock.ts";
import { ProbeError } from "./error.ts";
import type { ProbeSocket } from "./probe_socket.ts";
import type { TargetCheck } from "./target_check.ts";

/** How often a frame that cannot be sent is tried, and the pause after each time. */
const MAX_FAILURES = 3;
const RETRY_MS = 10;

/** Frames taken in before the time is looked at again: a flood must not stop the clock. */
const MAX_FRAMES_AT_ONCE = 256;

/** Where and until when {@linkcode runChecks} runs. */
export interface RunOptions {
  readonly ifname: string;
  /** One that only goes forward. */
  readonly clock: Pick<Clock, "now">;
  /** On that clock, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * Sends what `checks` want sent and gives them what comes in, until all have a finding. All waits overlap.
 *
 * @param checks of one family, that of the socket
 * @throws {ProbeError} when a frame could not be sent or received three times, or the deadline passes
 */
export async function runChecks(
  socket: ProbeSocket,
  checks: readonly TargetCheck[],
  { ifname, clock, deadlineMs }: RunOptions,
): Promise<void> {
  for (;;) {
    for (const check of checks) sendDue(socket, check, { ifname, clock });
    const nowMs = clock.now();
    const dueMs = Math.min(...checks.map((check) => check.dueMs));
    if (dueMs === Infinity) return;
    if (nowMs >= deadlineMs) {
      throw new ProbeError(ifname, "deadline", { detail: "the time for the whole call is over" });
    }
    await socket.wait(Math.max(0, Math.min(dueMs, deadlineMs) - nowMs));
    takeIn(socket, checks, { ifname, clock }); // before silence is judged: an answer may wait since long
  }
}

type Where = Pick<RunOptions, "ifname" | "clock">;

function sendDue(socket: ProbeSocket, check: TargetCheck, { ifname, clock }: Where): void {
  const frame = check.next(clock.now());
  if (frame === undefined) return;
  try {
    socket.send(frame);
    check.sent(clock.now());
  } catch (cause) {
    if (check.failed(clock.now(), RETRY_MS) < MAX_FAILURES) return;
    throw new ProbeError(ifname, "cannot send", { detail: `${MAX_FAILURES} times: ${reasonOf(cause)}`, cause });
  }
}

function takeIn(socket: ProbeSocket, checks: readonly TargetCheck[], { ifname, clock }: Where): void {
  try {
    for (let i = 0; i < MAX_FRAMES_AT_ONCE; i++) {
      const frame = socket.receive();
      if (frame === undefined) return;
      for (const check of checks) check.receive(frame, clock.now());
    }
  } catch (cause) {
    const open = checks.filter(({ finding }) => finding === undefined);
    const failures = open.map((check) => check.failed(clock.now(), RETRY_MS));
    if (Math.max(0, ...failures) < MAX_FAILURES) return;
    throw new ProbeError(ifname, "cannot receive", { detail: `${MAX_FAILURES} times: ${reasonOf(cause)}`, cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
