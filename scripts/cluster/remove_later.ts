import { waitUntil } from "./wait.ts";

/** Removes an empty folder the kernel may still call busy, for up to a minute; it is gone already: fine. */
export async function removeLater(folder: string): Promise<void> {
  await waitUntil(() => tryRemove(folder), { what: `remove ${folder}`, timeoutMs: 60_000, everyMs: 20 });
}

function tryRemove(folder: string): string | undefined {
  try {
    Deno.removeSync(folder);
    return undefined;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    if (err instanceof Deno.errors.Busy || (err instanceof Error && /os error 16\b/.test(err.message))) {
      return "it is busy";
    }
    throw err;
  }
}
