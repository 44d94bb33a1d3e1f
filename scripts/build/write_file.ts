import { dirname } from "node:path";

/** What {@linkcode writeAtomically} writes. */
export interface FileContent {
  readonly bytes: Uint8Array;
  /** Permission bits, whatever the umask. */
  readonly mode: number;
}

/** Writes `path` at once and whole: whoever reads or runs it meanwhile has the old file. Folders are made. */
export function writeAtomically(path: string, { bytes, mode }: FileContent): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}`;
  using file = Deno.openSync(temporary, { write: true, createNew: true, mode });
  try {
    for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
    Deno.chmodSync(temporary, mode); // the umask may have taken some of it
    Deno.renameSync(temporary, path);
  } catch (err) {
    Deno.removeSync(temporary);
    throw err;
  }
}
