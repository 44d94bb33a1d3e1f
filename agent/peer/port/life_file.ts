import type { LifeNote } from "../contract.ts";

/** The longest that any configuration allows, in milliseconds: what is assumed of a file that says nothing of use. */
const LONGEST_MS = 80_000;

/**
 * A {@linkcode LifeNote} in a file, which appears whole or not at all. It belongs on a tmpfs beside the agent's socket:
 * nothing outlives the node.
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
  };
}

/** @returns `undefined` if there is no such file; `""` if it cannot be read */
function tryRead(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (err) {
    return err instanceof Deno.errors.NotFound ? undefined : "";
  }
}
