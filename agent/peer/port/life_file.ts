import type { LifeNote } from "../contract.ts";

/** The longest that any configuration allows, in milliseconds: what is assumed of a file that says nothing of use. */
const LONGEST_MS = 80_000;

/**
 * A {@linkcode LifeNote} in a file, which appears whole or not at all. It belongs on a tmpfs beside the agent's socket:
 * nothing outlives the node, and what is noted stays as long as the node runs.
 */
export function lifeFile(path: string): LifeNote {
  return {
    read() {
      const text = tryRead(path);
      if (text === undefined) return undefined;
      return /^\d{1,9}$/.test(text) ? Math.min(Number(text), LONGEST_MS) : LONGEST_MS;
    },
    write(ms) {
      Deno.writeTextFileSync(`${path}.tmp`, String(Math.ceil(ms)), { mode: 0o600 });
      Deno.renameSync(`${path}.tmp`, path);
    },
    keptMs: tryUptimeMs,
  };
}

/** How long the node has been up, in milliseconds; `undefined` where Deno may not look (before 2.8 it is not let). */
function tryUptimeMs(): number | undefined {
  try {
    return 1000 * Deno.osUptime();
  } catch (err) {
    if (err instanceof Deno.errors.NotCapable || err instanceof Deno.errors.PermissionDenied) return undefined;
    throw err;
  }
}

/** @returns `undefined` if there is no such file; `""` if it cannot be read */
function tryRead(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (err) {
    return err instanceof Deno.errors.NotFound ? undefined : "";
  }
}
