import { entriesOf, type Tree, type TreeEntry } from "../image/tree.ts";

/** File types of `struct stat`'s mode. Source: linux/stat.h. */
const S_IF = { REG: 0o100000, DIR: 0o040000, LNK: 0o120000 } as const;

/** Name of the entry that ends an archive. */
const TRAILER = "TRAILER!!!";

/**
 * Makes an archive that the kernel unpacks as an initramfs: cpio in the format `newc`. All times are zero and all owners
 * root, so equal trees give equal bytes. Source: Documentation/driver-api/early-userspace/buffer-format.rst of Linux.
 *
 * @returns the archive in pieces, in order
 */
export function cpioOf(tree: Tree): Uint8Array[] {
  const entries = entriesOf(tree).flatMap(([path, entry], i) => entryBytes({ path, entry, inode: i + 1 }));
  return [...entries, ...member({ path: TRAILER, mode: 0, links: 1, inode: 0 }, new Uint8Array(0))];
}

function entryBytes({ path, entry, inode }: { path: string; entry: TreeEntry; inode: number }): Uint8Array[] {
  switch (entry.kind) {
    case "file":
      return member({ path, mode: S_IF.REG | entry.mode, links: 1, inode }, entry.bytes);
    case "directory":
      return member({ path, mode: S_IF.DIR | entry.mode, links: 2, inode }, new Uint8Array(0));
    case "link":
      return member({ path, mode: S_IF.LNK | 0o777, links: 1, inode }, new TextEncoder().encode(entry.target));
    default:
      return entry satisfies never;
  }
}

interface Member {
  readonly path: string;
  readonly mode: number;
  readonly links: number;
  readonly inode: number;
}

/** Header and name, filled up to 4 bytes together; then the content, filled up as well. */
function member({ path, mode, links, inode }: Member, content: Uint8Array): Uint8Array[] {
  const name = new TextEncoder().encode(`${path}\0`);
  const [owner, group, modified, device] = [0, 0, 0, 0];
  const fields = [inode, mode, owner, group, links, modified, content.length];
  const devices = [device, device, device, device];
  const numbers = [...fields, ...devices, name.length, 0].map((value) => value.toString(16).padStart(8, "0"));
  const header = new TextEncoder().encode(`070701${numbers.join("")}`);
  return [header, name, filler(header.length + name.length), content, filler(content.length)];
}

function filler(length: number): Uint8Array {
  return new Uint8Array((4 - length % 4) % 4);
}
