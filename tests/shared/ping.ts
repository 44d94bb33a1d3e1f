import { pause } from "./pause.ts";
import { runTool, ToolError } from "./run_tool.ts";

/** How long an answer is waited for, in milliseconds: the kernel starts queues and finds neighbors in its own time. */
const PATIENCE_MS = 60_000;

/**
 * Pings until there is an answer: a packet that was lost, or a neighbor that was not found in time, is no end. One that is too
 * large for the way is.
 *
 * @param enter the command that goes into a network namespace, such as `["nsenter", "--net=/run/netns/a"]`
 * @param args of ping(8), beside those for one answer
 * @returns what ping(8) printed; `undefined` for no answer
 */
export function ping(enter: readonly [string, ...string[]], args: readonly string[]): string | undefined {
  const [command, ...before] = enter;
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return runTool(command, [...before, "ping", "-n", "-c", "1", "-w", "3", ...args]);
    } catch (err) {
      if (!(err instanceof ToolError)) throw err;
      if (/message too long|frag needed|too big/i.test(err.output) || performance.now() > untilMs) return undefined;
    }
    pause(100);
  }
}
