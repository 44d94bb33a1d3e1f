import { fileURLToPath } from "node:url";

/**
 * Runs `action` while no other process of this checkout does: two `up`s at once would build over each other. The lock is on the folder of this file and
 * ends with the process that has it.
 */
export async function locked<T>(action: () => Promise<T>): Promise<T> {
  using folder = await Deno.open(fileURLToPath(new URL(".", import.meta.url)));
  await folder.lock(true);
  return await action();
}
