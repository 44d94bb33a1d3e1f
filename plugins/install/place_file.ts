import { createHash } from "node:crypto";

/** What is to be placed where. */
export interface Placement {
  readonly from: string;
  readonly to: string;
  /** SHA-256 that the file must have, in hexadecimal digits. */
  readonly digest: string;
}

/** Ends the name of a file that is being written. */
export const temporarySuffix = ".spiderpool-tmp";

const EXECUTABLE = 0o755;
const CHUNK_BYTES = 1 << 20;

/** A file is damaged: it is not what the list of checksums says. */
export class DamagedFileError extends Error {
  override readonly name = "DamagedFileError";
  constructor(readonly path: string, readonly expected: string, readonly actual: string) {
    super(`Cannot install ${path}: its SHA-256 is ${actual}, not ${expected} as the list of checksums says`);
  }
}

/**
 * Copies a file so that `to` is at each moment either the old or the new file, whole: it is written beside, checked, brought to
 * the disk and then renamed. A file that is there already is left alone.
 *
 * @returns whether something was written
 * @throws {DamagedFileError} before `to` has changed
 */
export function placeFile({ from, to, digest }: Placement): boolean {
  if (digestOf(to) === digest) return false;
  const temporary = `${to}${temporarySuffix}`;
  const actual = copy(from, temporary);
  if (actual !== digest) {
    Deno.removeSync(temporary);
    throw new DamagedFileError(from, digest, actual);
  }
  Deno.chmodSync(temporary, EXECUTABLE); // whatever the umask took
  Deno.renameSync(temporary, to);
  return true;
}

/** SHA-256 of a file in hexadecimal digits; `undefined` when there is none. */
export function digestOf(path: string): string | undefined {
  try {
    using file = Deno.openSync(path);
    return pour(file, () => undefined);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}

/** @returns SHA-256 of what was copied */
function copy(from: string, to: string): string {
  using source = Deno.openSync(from);
  using target = Deno.openSync(to, { write: true, create: true, truncate: true, mode: EXECUTABLE });
  const digest = pour(source, (chunk) => {
    for (let sent = 0; sent < chunk.length;) sent += target.writeSync(chunk.subarray(sent));
  });
  target.syncSync();
  return digest;
}

/** Reads `file` to its end. @returns its SHA-256 */
function pour(file: Deno.FsFile, use: (chunk: Uint8Array) => void): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let count = file.readSync(buffer); count !== null; count = file.readSync(buffer)) {
    const chunk = buffer.subarray(0, count);
    hash.update(chunk);
    use(chunk);
  }
  return hash.digest("hex");
}
