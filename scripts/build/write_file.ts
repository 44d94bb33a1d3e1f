import { dirname } from "node:path";

/** What {@linkcode writeAtomically} writes. */
export interface FileContent {
  readonly bytes: Uint8Array;
  /** Permission bits, whatever the umask. */
  readonly mode: number;
}

/**
 * Writes `path` at once and whole: whoever reads or runs it meanwhile has the old file. Folders are made. A file that is so
 * already is left alone.
 */
export function writeAtomically(path: string, content: FileContent): void {
  if (isSo(path, content)) return;
  Deno.mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}`;
  const file = Deno.openSync(temporary, { write: true, createNew: true, mode: content.mode });
  try {
    fill(file, content.bytes); // it is closed before it gets its name: nobody can run a file that is open for writing
    Deno.chmodSync(temporary, content.mode); // the umask may have taken some of it
    Deno.renameSync(temporary, path);
  } catch (err) {
    Deno.removeSync(temporary);
    throw err;
  }
}

function isSo(path: string, { bytes, mode }: FileContent): boolean {
  try {
    const { size, mode: own } = Deno.lstatSync(path);
    if (size !== bytes.length || ((own ?? 0) & 0o7777) !== mode) return false;
    return Deno.readFileSync(path).every((byte, i) => byte === bytes[i]);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}

function fill(file: Deno.FsFile, bytes: Uint8Array): void {
  using _file = file;
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
}
