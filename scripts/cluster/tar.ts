/** Writes tar archives in memory. Format: POSIX.1-1988 ustar, all times zero and all owners root, so equal content gives equal bytes. */

/** A member of an archive. */
export type TarEntry =
  | { readonly kind: "file"; readonly path: string; readonly content: Uint8Array<ArrayBuffer>; readonly mode?: number }
  | { readonly kind: "folder"; readonly path: string; readonly mode?: number }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

/** Size of a block, in bytes. */
const BLOCK = 512;

const typeFlags = { file: "0", symlink: "2", folder: "5" } as const;

/** Longest path without the prefix field, in bytes. */
const MAX_PATH = 100;

/**
 * Makes an archive of `entries` in their order.
 *
 * @throws {RangeError} if a path or target is longer than 100 bytes
 */
export function tarOf(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap((entry) => [headerOf(entry), ...contentOf(entry)]);
  return concat([...parts, new Uint8Array(2 * BLOCK)]); // two empty blocks end it
}

function headerOf(entry: TarEntry): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK);
  const path = entry.kind === "folder" ? `${entry.path.replace(/\/$/, "")}/` : entry.path;
  put(header, { at: 0, text: path });
  putOctal(header, { at: 100, digits: 7, value: modeOf(entry) });
  putOctal(header, { at: 108, digits: 7, value: 0 });
  putOctal(header, { at: 116, digits: 7, value: 0 });
  putOctal(header, { at: 124, digits: 11, value: entry.kind === "file" ? entry.content.length : 0 });
  putOctal(header, { at: 136, digits: 11, value: 0 });
  put(header, { at: 148, text: " ".repeat(8) }); // the checksum counts its own field as spaces
  put(header, { at: 156, text: typeFlags[entry.kind] });
  if (entry.kind === "symlink") put(header, { at: 157, text: entry.target });
  put(header, { at: 257, text: "ustar\0" + "00" });
  putOctal(header, { at: 148, digits: 6, value: header.reduce((sum, byte) => sum + byte, 0) });
  header[154] = 0;
  return header;
}

function modeOf(entry: TarEntry): number {
  switch (entry.kind) {
    case "file":
      return entry.mode ?? 0o644;
    case "folder":
      return entry.mode ?? 0o755;
    case "symlink":
      return 0o777;
    default:
      return entry satisfies never;
  }
}

/** Content, filled up to whole blocks. */
function contentOf(entry: TarEntry): Uint8Array<ArrayBuffer>[] {
  if (entry.kind !== "file") return [];
  const filler = (BLOCK - entry.content.length % BLOCK) % BLOCK;
  return [entry.content, new Uint8Array(filler)];
}

function putOctal(header: Uint8Array, { at, digits, value }: { at: number; digits: number; value: number }): void {
  put(header, { at, text: value.toString(8).padStart(digits, "0") });
}

function put(header: Uint8Array, { at, text }: { at: number; text: string }): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MAX_PATH) {
    throw new RangeError(`Cannot put "${text}" into a tar archive: longer than ${MAX_PATH} bytes`);
  }
  header.set(bytes, at);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
