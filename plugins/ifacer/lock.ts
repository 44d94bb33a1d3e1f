import { type Clock, systemClock } from "../../net/base/clock.ts";
import { CniCode, CniError } from "../cni/mod.ts";

/** Who has it is the only one on the node that makes links for Pods to share; beside the agent's socket. */
export const LOCK_PATH = "/var/run/spidernet/ifacer.lock";
/** Many times what all calls of a busy node need one after the other. */
const TIMEOUT_MS = 60_000;

/** What {@linkcode lockNode} may be told. */
export interface LockOptions {
  readonly path?: string;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * Waits until no other call of this plugin changes links: two would both find an id free and both take it. The lock ends with
 * its process, whatever ends that. Like `flock FILE`.
 *
 * @throws {CniError} code 11 after `timeoutMs` (60 s)
 */
export async function lockNode(
  { path = LOCK_PATH, timeoutMs = TIMEOUT_MS, clock = systemClock }: LockOptions = {},
): Promise<Disposable> {
  const file = openLockFile(path);
  const locked = file.lock(true).then(() => true);
  const done = new AbortController();
  const late = clock.sleep(timeoutMs, done.signal).then(() => false);
  const isMine = await Promise.race([locked, late]).finally(() => done.abort());
  if (isMine) return { [Symbol.dispose]: () => unlock(file) };
  locked.then(() => unlock(file)); // not before: a file that is waited for stays open
  const message = `Cannot lock ${path} within ${timeoutMs} ms: another call of ifacer has it; look for one that hangs`;
  throw new CniError(CniCode.TryAgain, message);
}

/** Closing alone would leave it locked while a process that was just forked still has the file. */
function unlock(file: Deno.FsFile): void {
  file.unlockSync();
  file.close();
}

function openLockFile(path: string): Deno.FsFile {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o755 });
  return Deno.openSync(path, { write: true, create: true, mode: 0o600 });
}
