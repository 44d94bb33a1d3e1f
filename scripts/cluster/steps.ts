import { formatDuration } from "./progress.ts";

/** Tells people about steps and how long they took. */
export type Say = (line: string) => void;

/** Runs `action` and says how long it took. */
export async function step<T>(name: string, { say, action }: { say: Say; action: () => Promise<T> }): Promise<T> {
  const startedMs = performance.now();
  const result = await action();
  say(`${name}: ${formatDuration(performance.now() - startedMs)}`);
  return result;
}
