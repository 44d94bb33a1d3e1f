/** A list of files is not what `sha256sum` writes. */
export class ChecksumListError extends Error {
  override readonly name = "ChecksumListError";
  constructor(readonly line: number) {
    super(`Cannot read the list of checksums: line ${line} is not "<64 hexadecimal digits>  <path>"`);
  }
}

/**
 * Reads what `sha256sum` wrote.
 *
 * @returns digest by path, in the order of the list
 * @throws {ChecksumListError} also for a path that leaves the folder
 */
export function parseChecksums(text: string): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const found = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
    const [, digest, path] = found ?? [];
    if (digest === undefined || path === undefined || !isInside(path)) throw new ChecksumListError(i + 1);
    digests.set(path, digest);
  }
  return digests;
}

function isInside(path: string): boolean {
  return !path.split("/").some((part) => part === "" || part === "." || part === "..");
}
