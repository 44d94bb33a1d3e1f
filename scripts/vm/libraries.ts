import { runCommand } from "../build/run_command.ts";

/**
 * Reads what ldd(1) prints.
 *
 * @returns paths of the libraries and of the loader; empty for a static program
 * @throws {Error} if a library is missing
 */
export function parseLibraries(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (line.includes("=> not found")) throw new Error(`Cannot take a program along: ${line.trim()}`);
    const [, path] = /^\s+(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
}

/** Paths of all that `programs` load when they start, sorted, each once. */
export async function librariesOf(programs: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(programs.map(librariesOfOne));
  return [...new Set(lists.flat())].sort();
}

async function librariesOfOne(program: string): Promise<string[]> {
  try {
    return parseLibraries(await runCommand(["ldd", program], { env: { LC_ALL: "C" } }));
  } catch (err) {
    if (err instanceof Error && /not a dynamic executable/.test(err.message)) return [];
    throw err;
  }
}
