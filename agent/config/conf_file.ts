/** Far above what a ConfigMap holds (1 MiB), so that a wrong mount does not fill the memory. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The text of the file at `path`.
 *
 * @throws {Error} when it cannot be read, or has more than 4 MiB
 */
export async function readConfFile(path: string): Promise<string> {
  const { size, isFile } = await Deno.stat(path);
  if (!isFile) throw new Error("it is no file");
  if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, ${MAX_BYTES} at most are read`);
  return await Deno.readTextFile(path);
}

/** What was found where a file should be. */
export type FileState =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unreadable"; readonly problem: string };

/** What is at `path` now. */
export async function fileState(path: string): Promise<FileState> {
  try {
    return { kind: "text", text: await readConfFile(path) };
  } catch (err) {
    return { kind: "unreadable", problem: err instanceof Error ? err.message : String(err) };
  }
}

/** Whether nothing has changed in between. */
export function isSameState(a: FileState, b: FileState): boolean {
  if (a.kind === "text") return b.kind === "text" && a.text === b.text;
  return b.kind === "unreadable" && a.problem === b.problem;
}
