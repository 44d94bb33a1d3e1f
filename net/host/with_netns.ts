import { type Netns, openCurrentNetns, openNetns } from "./netns.ts";

/**
 * Runs `action` in another netns and comes back. Like `ip netns exec NAME …`.
 *
 * Only this thread moves. Synchronous system calls, `…Sync` file calls and child processes started inside happen there;
 * async file calls run on other threads and do not. So `action` opens sockets or makes synchronous calls, and sockets
 * it gives back stay in the netns they were opened in. Where the way back fails the process ends: nothing it did
 * afterwards would happen where it believes to be.
 *
 * @param netns an open one, or a path
 * @param action synchronous
 * @throws {NetnsError} if it is none
 * @throws {TypeError} if `action` gave a promise: its work would go on outside
 * @throws what `action` throws, after coming back
 */
export function withNetns<T>(netns: Netns | string, action: () => T): T {
  if (typeof netns === "string") {
    using opened = openNetns(netns);
    return withNetns(opened, action);
  }
  using home = openCurrentNetns();
  netns.enter();
  return runAway(action, { goHome: () => home.enter(), endProcess });
}

/** How to leave, and what to do when that fails. */
export interface WayBack {
  goHome(): void;
  /** Ends the process: never returns. */
  endProcess(cause: unknown): never;
}

/** The part of {@linkcode withNetns} after entering: runs `action`, and goes home whatever happens. */
export function runAway<T>(action: () => T, { goHome, endProcess }: WayBack): T {
  let result: T;
  try {
    result = action();
  } finally {
    try {
      goHome();
    } catch (error) {
      endProcess(error);
    }
  }
  if (isPromiseLike(result)) {
    throw new TypeError("Cannot run in netns: the action is asynchronous, its work is outside");
  }
  return result;
}

/** Ends the process after writing why to stderr; exit code 70 is EX_SOFTWARE of sysexits.h. */
export function endProcess(cause: unknown): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`Cannot return to own netns: ${String(cause)}\n`));
  Deno.exit(70);
}

function isPromiseLike(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
