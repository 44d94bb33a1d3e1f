/** What a call asks of the kernel, counted by strace(1). */
import { needsCommand } from "../../shared/skip.ts";
import { callMeasured, type MeasuredCommand } from "./measured_call.ts";

/** Counted over the process and all that it starts. */
export interface KernelCost {
  /** Messages to the kernel over netlink: each is a round trip. */
  readonly netlinkRequests: number;
  readonly systemCalls: number;
}

/** Traces one call. @param trace path of a file to write @returns `undefined` where there is no strace */
export async function kernelCostOf(
  command: MeasuredCommand,
  { trace }: { readonly trace: string },
): Promise<KernelCost | undefined> {
  if (needsCommand("strace") !== undefined) return undefined;
  const strace = ["strace", "-f", "-qq", "-e", "signal=none", "-o", trace];
  await callMeasured({
    ...command,
    argv: [...strace, ...command.argv],
    env: { PATH: "/usr/bin:/bin", ...command.env },
  });
  const text = await Deno.readTextFile(trace);
  await Deno.remove(trace);
  return countCalls(text);
}

/** Counts the calls in a trace; one that was interrupted by another thread's is in it twice. */
export function countCalls(trace: string): KernelCost {
  const calls = trace.split("\n").filter((line) => /^\d+\s+\w+\(/.test(line));
  const sent = calls.filter((line) => /^\d+\s+send(to|msg)\(.*sa_family=AF_NETLINK/.test(line));
  return { netlinkRequests: sent.length, systemCalls: calls.length };
}
