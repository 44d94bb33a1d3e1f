/** One entry of a file system; all belong to root. */
export type TreeEntry =
  | { readonly kind: "file"; readonly mode: number; readonly bytes: Uint8Array }
  | { readonly kind: "directory"; readonly mode: number }
  | { readonly kind: "link"; readonly target: string };

/** Entries by path; paths are relative, without `./` and without `/` at the end. */
export type Tree = ReadonlyMap<string, TreeEntry>;

/** A file that is data, or one that is run. */
export function fileEntry(content: string | Uint8Array, { mode = 0o644 }: { readonly mode?: number } = {}): TreeEntry {
  return { kind: "file", mode, bytes: typeof content === "string" ? new TextEncoder().encode(content) : content };
}

/**
 * `tree` sorted by path, and every folder before what is in it; folders that it does not name are added with mode 0755. Two trees
 * with the same entries give the same list.
 */
export function entriesOf(tree: Tree): [string, TreeEntry][] {
  const whole = new Map(tree);
  for (const path of tree.keys()) {
    for (const parent of parentsOf(path)) {
      if (!whole.has(parent)) whole.set(parent, { kind: "directory", mode: 0o755 });
    }
  }
  return [...whole].sort(([a], [b]) => a < b ? -1 : 1);
}

function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}
