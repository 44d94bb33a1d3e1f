import { systemClock } from "../../net/base/clock.ts";
import { fileURLToPath } from "node:url";
import { readProcess } from "./processes.ts";
import { formatDuration } from "./progress.ts";
import type { Say } from "./steps.ts";

/** Between two tries to get the lock, in milliseconds. */
const TRY_MS = 200;

/** How often is said what is waited for, in milliseconds. */
const REPORT_MS = 30_000;

/** Options of {@linkcode locked} and {@linkcode takeLock}. */
export interface LockOptions {
  /** Told whom it waits for, at once and again from time to time. */
  readonly say: Say;
  /** Ends the wait; `action` has a signal of its own. */
  readonly signal?: AbortSignal | undefined;
  /** What is locked. @default the folder of this file, which is one per checkout */
  readonly path?: string;
  /** What the one who has the lock does, for `say`. @default "builds or starts a cluster here" */
  readonly work?: string;
}

/** The wait for the lock was ended: nothing has been started, so nothing is to be cleaned up. */
export class LockInterruptedError extends Error {
  override readonly name = "LockInterruptedError";
}

/**
 * Runs `action` while no other process of this checkout does: two `up`s at once would build over each other.
 *
 * @throws {LockInterruptedError} if `signal` is aborted before it has the lock
 */
export async function locked<T>(action: () => Promise<T>, options: LockOptions): Promise<T> {
  using _lock = await takeLock(options);
  return await action();
}

/**
 * Waits for a lock and takes it. It ends when it is disposed of, and with the process that has it however that ends: no lock is ever stale.
 *
 * @throws {LockInterruptedError} if `signal` is aborted before it has the lock
 */
export async function takeLock(options: LockOptions): Promise<Disposable> {
  const path = options.path ?? fileURLToPath(new URL(".", import.meta.url));
  const file = await Deno.open(path);
  try {
    if (!await file.tryLock(true)) await waitFor(file, { ...options, path });
    return file;
  } catch (err) {
    file.close();
    throw err;
  }
}

async function waitFor(file: Deno.FsFile, options: LockOptions & { readonly path: string }): Promise<void> {
  const { say, signal, path, work = "builds or starts a cluster here" } = options;
  const startedMs = performance.now();
  let nextReportMs = 0;
  do {
    const waitedMs = performance.now() - startedMs;
    if (waitedMs >= nextReportMs) {
      say(`waiting since ${formatDuration(waitedMs)} for ${holderOf(path)}, which ${work}`);
      nextReportMs += REPORT_MS;
    }
    if (signal?.aborted) throw new LockInterruptedError("Cannot go on: the wait for another process was interrupted");
    await systemClock.sleep(TRY_MS);
  } while (!await file.tryLock(true));
}

function holderOf(path: string): string {
  const pid = lockHolder(Deno.readTextFileSync("/proc/locks"), Deno.statSync(path).ino ?? 0);
  if (pid === undefined) return "another process of this checkout";
  const command = readProcess(pid)?.argv.join(" ").slice(0, 120) ?? "its command is not known";
  return `process ${pid} (${command})`;
}

/**
 * Finds who has a lock of flock(2). Source: proc_locks(5).
 *
 * @param locks text of `/proc/locks`
 * @param inode of the locked file
 * @returns its process id; `undefined` if nobody has one, or somebody in another PID namespace
 */
export function lockHolder(locks: string, inode: number): number | undefined {
  for (const line of locks.split("\n")) {
    const [, pid, locked] = /^\d+: FLOCK +\w+ +\w+ +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
    if (Number(locked) === inode && Number(pid) > 0) return Number(pid);
  }
  return undefined;
}
