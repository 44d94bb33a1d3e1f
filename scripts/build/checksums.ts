import { sha256 } from "./digest.ts";

/** A file and where it is below the folder of the list. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A file whose content has been written somewhere. */
export interface FileDigest {
  readonly path: string;
  readonly size: number;
  /** SHA-256 in hexadecimal digits. */
  readonly digest: string;
}

/** Size and digest of `file`. */
export async function digestOf({ path, bytes }: ListedFile): Promise<FileDigest> {
  return { path, size: bytes.length, digest: await sha256(bytes) };
}

/** The list of `files`, sorted by path, in the form of sha256sum. */
export function formatChecksums(files: readonly FileDigest[]): string {
  const sorted = [...files].sort((a, b) => a.path < b.path ? -1 : 1);
  return sorted.map(({ path, digest }) => `${digest}  ${path}\n`).join("");
}
