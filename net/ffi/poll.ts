import { ERRNO } from "../uapi/mod.ts";
import type { FileDescriptor } from "./fd.ts";
import { libc } from "./libc.ts";
import { SyscallError, tryCallOnce } from "./syscall.ts";

/** What to wait for. */
export interface PollOptions {
  /** Events of `POLL`; errors and hang-ups are always told. */
  readonly events: number;
  /** Longest wait in milliseconds; −1 waits for ever. */
  readonly timeoutMs: number;
}

/**
 * Waits until one of `events` happens on the descriptor, blocking this thread. Like poll(2).
 *
 * @returns the events that happened, 0 when `timeoutMs` passed or a signal arrived
 * @throws {SyscallError}
 */
export function pollFor(file: FileDescriptor, { events, timeoutMs }: PollOptions): number {
  const entry = new PollEntry(file, events);
  const result = tryCallOnce(() => libc().poll(entry.struct, 1n, timeoutMs));
  if (typeof result === "number") return entry.happened;
  if (result.errno === ERRNO.EINTR) return 0;
  throw new SyscallError("poll", { errno: result.errno, target: file.what });
}

/**
 * Like {@linkcode pollFor}, but waits on another thread: the event loop goes on. Close the descriptor only after the
 * promise has settled.
 *
 * @returns the events that happened, 0 when `timeoutMs` passed or the wait failed (its errno is lost)
 */
export async function pollLater(file: FileDescriptor, { events, timeoutMs }: PollOptions): Promise<number> {
  const entry = new PollEntry(file, events);
  const result = await libc().poll_on_other_thread(entry.struct, 1n, timeoutMs);
  return result > 0 ? entry.happened : 0;
}

/** `struct pollfd`: int fd; short events; short revents. */
class PollEntry {
  readonly struct = new ArrayBuffer(8);

  constructor(file: FileDescriptor, events: number) {
    new Int32Array(this.struct)[0] = file.fd;
    new Int16Array(this.struct)[2] = events;
  }

  get happened(): number {
    return new Int16Array(this.struct)[3] ?? 0;
  }
}
