import { fileEntry, type Tree, type TreeEntry } from "../image/tree.ts";

/** A file of this machine, and the absolute path it gets elsewhere. */
export interface Copy {
  readonly from: string;
  readonly to: string;
}

/** Reads files that are to be copied. One that is not there any more is left out: others work in this checkout too. */
export async function readCopies(copies: readonly Copy[]): Promise<Tree> {
  return new Map((await Promise.all(copies.map(readCopy))).flat());
}

async function readCopy({ from, to }: Copy): Promise<[string, TreeEntry][]> {
  try {
    return [[to.slice(1), fileEntry(await Deno.readFile(from), { mode: 0o755 })]];
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return [];
    throw err;
  }
}
