import { join } from "node:path";
import { checksumsFile, libraryFolder } from "../../plugins/install/names.ts";
import { parseChecksums } from "../../plugins/install/checksums.ts";
import { repository } from "../build/folders.ts";
import { fileEntry, type Tree, type TreeEntry } from "./tree.ts";

/** Folder of the image that has a build as it is: also what installs plugins on nodes reads it. */
export const programFolder = "opt/spiderpool";

/** A file of a build that is large and seldom changes gets a layer of its own. */
const LARGE_BYTES = 16 * 1024 * 1024;

/**
 * The files of a build as layers: what is large first, which for format bundle is Deno, and then the rest with links in `usr/bin`, where
 * manifests look for programs.
 *
 * @param built folder of a build
 */
export function programTrees(built: string): Tree[] {
  const large = new Map<string, TreeEntry>();
  const small = new Map<string, TreeEntry>();
  small.set("usr/share/doc/spiderpool/copyright", fileEntry(Deno.readFileSync(join(repository, "LICENSE"))));
  const list = Deno.readTextFileSync(join(built, checksumsFile));
  small.set(`${programFolder}/${checksumsFile}`, fileEntry(list));
  for (const path of parseChecksums(list).keys()) {
    const bytes = Deno.readFileSync(join(built, path));
    const mode = path.endsWith(".js") ? 0o644 : 0o755;
    const layer = bytes.length >= LARGE_BYTES ? large : small;
    layer.set(`${programFolder}/${path}`, fileEntry(bytes, { mode }));
    if (!path.startsWith(`${libraryFolder}/`)) {
      small.set(`usr/bin/${path}`, { kind: "link", target: `/${programFolder}/${path}` });
    }
  }
  return large.size === 0 ? [small] : [large, small];
}
