/**
 * Writes `crd/generated/` and `manifests/00-crds.yaml` from `crd/openapi/`, and `docs/reference/` from the tables of the
 * code: `deno task gen`.
 *
 * @module
 */
import { generate, type GeneratedFile, type Input } from "./gen_files.ts";
import { printLine } from "./print.ts";
import { referenceFolder, referencePages } from "./reference/pages.ts";

/** Folder of the CRDs, from the root of the repository. */
const inputFolder = "crd/openapi";

/** Reads the CRDs below `root`, sorted by name. */
async function readInputs(root: URL): Promise<Input[]> {
  const folder = new URL(`${inputFolder}/`, root);
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (entry.name.endsWith(".yaml")) names.push(entry.name);
  return await Promise.all(
    names.sort().map(async (name) => ({
      path: `${inputFolder}/${name}`,
      text: await Deno.readTextFile(new URL(name, folder)),
    })),
  );
}

/** Reads the CRDs below `root` and says what is to be generated from them. */
export async function generateFrom(root: URL): Promise<GeneratedFile[]> {
  return generate(await readInputs(root));
}

/** Writes `files` below `root`. */
async function writeFiles(files: readonly GeneratedFile[], root: URL): Promise<void> {
  for (const { path, text } of files) {
    const file = new URL(path, root);
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const files = await generateFrom(root);
  await writeFiles(files, root);
  printLine(`Wrote ${files.length} files from ${inputFolder}`);
  const pages = referencePages();
  await writeFiles(pages, root);
  printLine(`Wrote ${pages.length} pages to ${referenceFolder}`);
}
