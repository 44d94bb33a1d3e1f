import { join } from "node:path";
import { repository } from "../build/folders.ts";
import type { Tree } from "../image/tree.ts";
import { readCopies } from "./copies.ts";
import { denoFiles } from "./deno_cache.ts";
import { filesBelow } from "./files_below.ts";

/** What of the checkout goes along. */
const sources = ["agent", "controller", "crd", "manifests", "net", "plugins", "scripts", "tests"];
const sourceFiles = ["deno.json", "deno.lock", "mod.ts"];

/**
 * The checkout at the path it has here, without tests that are not in `modules`, and what Deno needs to run these without a
 * network: packages, and the JavaScript it has made of our TypeScript.
 *
 * @throws {Error} with Deno's own words if a package cannot be had
 */
export async function checkoutTree(modules: readonly string[]): Promise<Tree> {
  const cached = await denoFiles(modules);
  const found = (await Promise.all(sources.map((folder) => filesBelow(folder, repository)))).flat();
  const paths = [...sourceFiles, ...found].filter((path) => !path.endsWith("_test.ts") || modules.includes(path));
  const files = paths.map((path) => ({ from: join(repository, path), to: join(repository, path) }));
  return await readCopies([...files, ...cached]);
}
