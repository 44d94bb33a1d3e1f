import { dirname, join } from "node:path";
import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { PREDECESSOR_MS, PREDECESSOR_PAUSE_MS } from "./budgets.ts";

/** Longest text about a holder that is read: a Pod's name and a time. */
const MAX_HOLDER = 300;
const NAME = "spiderpool-agent.lock";

/** The agent before this one did not end. */
export class NodeHeldError extends Error {
  override readonly name = "NodeHeldError";

  /**
   * @param path the lock
   * @param holder name of the Pod that has it, and since when; `""` where it is not known
   */
  constructor(readonly path: string, readonly holder: string, waitedMs: number) {
    super(
      `Cannot take over this node: agent "${holder}" still works after ${waitedMs / 1000} s and holds ${path}; ` +
        "look why it does not end, and stop it",
    );
  }
}

/** The lock of the agent with that socket. */
export function nodeLockOf(socketPath: string): string {
  return join(dirname(socketPath), NAME);
}

/** Who holds the lock `path`, a text that no two agents share; `undefined` when nobody does. */
export function holderOfNode(path: string): string | undefined {
  try {
    using file = Deno.openSync(path, { read: true });
    return file.tryLockSync(false) ? undefined : holderOf(path); // shared, and only as long as this looks
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}

/** How to take a node. */
export interface NodeLockOptions {
  /** Name of this agent's Pod, for the one who waits. */
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal;
  /** @default PREDECESSOR_MS */
  readonly limitMs?: number;
}

/**
 * Takes the lock `path`: whoever holds it may write the journal of this node and allocate for its Pods. An agent that
 * was told to stop has given up its socket, but holds the lock until its last request has ended, so the next one waits.
 * The kernel takes the lock from a process that dies.
 *
 * @returns what gives the lock back
 * @throws {NodeHeldError} when the agent before this one has not ended in time
 */
export async function lockNode(path: string, options: NodeLockOptions): Promise<Disposable> {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const file = Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 });
  try {
    await untilLocked(file, { path, ...options });
    file.truncateSync();
    const since = new Date(options.clock.now()).toISOString();
    file.writeSync(new TextEncoder().encode(`${options.holder}, since ${since}`));
    return file;
  } catch (err) {
    file.close();
    throw err;
  }
}

/** Asks again and again: a call that blocks could not be ended by a signal. */
async function untilLocked(file: Deno.FsFile, options: NodeLockOptions & { readonly path: string }): Promise<void> {
  const { path, clock, log, signal, limitMs = PREDECESSOR_MS } = options;
  for (let waitedMs = 0; !file.tryLockSync(true); waitedMs += PREDECESSOR_PAUSE_MS) {
    if (waitedMs === 0) log.info("waits for the agent before this one", { holder: holderOf(path), limitMs });
    if (waitedMs >= limitMs) throw new NodeHeldError(path, holderOf(path), waitedMs);
    await clock.sleep(PREDECESSOR_PAUSE_MS, signal);
  }
}

function holderOf(path: string): string {
  return Deno.readTextFileSync(path).slice(0, MAX_HOLDER);
}
