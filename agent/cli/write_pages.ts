import { join } from "node:path";
import type { CommandPage } from "./pages.ts";

/**
 * Writes `pages` into `folder`, which is made if it is not there.
 *
 * @throws {Error} where this program may not write
 */
export function writePages(pages: readonly CommandPage[], folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true });
    for (const { file, text } of pages) Deno.writeTextFileSync(join(folder, file), text);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    const where = "the agent may write below /run, /var/run and /var/log/spidernet only";
    throw new Error(`Cannot write pages to ${folder}: ${where}`, { cause });
  }
}
