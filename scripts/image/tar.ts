import { entriesOf, type Tree, type TreeEntry } from "./tree.ts";

const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const types = { file: "0", link: "2", directory: "5" } as const;

/**
 * A tar archive in POSIX ustar format (POSIX.1-2001, pax, "ustar Interchange Format"). It depends on nothing but `tree`: sorted,
 * owned by root, without times.
 *
 * @throws {RangeError} if a path or the target of a link is too long for the format
 */
export function tarOf(tree: Tree): Uint8Array<ArrayBuffer> {
  const parts = entriesOf(tree).flatMap(([path, entry]) => {
    const bytes = entry.kind === "file" ? entry.bytes : new Uint8Array();
    return [headerOf(path, entry), bytes, new Uint8Array(padding(bytes.length))];
  });
  return concatenate([...parts, new Uint8Array(2 * BLOCK_BYTES)]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function padding(length: number): number {
  return (BLOCK_BYTES - length % BLOCK_BYTES) % BLOCK_BYTES;
}

/** Field, offset and length; source: struct posix_header of tar.h. Numbers are octal digits with a NUL behind. */
function headerOf(path: string, entry: TreeEntry): Uint8Array {
  const header = new Uint8Array(BLOCK_BYTES);
  const { name, prefix } = splitPath(entry.kind === "directory" ? `${path}/` : path);
  put(header, { at: 0, length: NAME_BYTES, text: name });
  put(header, { at: 100, length: 8, text: octal(entry.kind === "link" ? 0o777 : entry.mode, 7) });
  put(header, { at: 108, length: 8, text: octal(0, 7) }); // uid
  put(header, { at: 116, length: 8, text: octal(0, 7) }); // gid
  put(header, { at: 124, length: 12, text: octal(entry.kind === "file" ? entry.bytes.length : 0, 11) });
  put(header, { at: 136, length: 12, text: octal(0, 11) }); // mtime
  put(header, { at: 148, length: 8, text: " ".repeat(8) }); // its own checksum counts as spaces
  put(header, { at: 156, length: 1, text: types[entry.kind] });
  put(header, { at: 157, length: NAME_BYTES, text: entry.kind === "link" ? entry.target : "" });
  put(header, { at: 257, length: 8, text: "ustar\x0000" });
  put(header, { at: 345, length: PREFIX_BYTES, text: prefix });
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(header, { at: 148, length: 8, text: `${octal(sum, 6)}\0 ` });
  return header;
}

interface Field {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

function put(header: Uint8Array, { at, length, text }: Field): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > length) throw new RangeError(`Cannot write a tar archive: ${JSON.stringify(text)} is too long`);
  header.set(bytes, at);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** Splits a long path at a `/`, which is in neither part. */
function splitPath(path: string): { name: string; prefix: string } {
  if (new TextEncoder().encode(path).length <= NAME_BYTES) return { name: path, prefix: "" };
  const cut = path.indexOf("/", path.length - NAME_BYTES - 1);
  if (cut <= 0 || cut === path.length - 1) return { name: path, prefix: "" }; // put() refuses it
  return { name: path.slice(cut + 1), prefix: path.slice(0, cut) };
}
