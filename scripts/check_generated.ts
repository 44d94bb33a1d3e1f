import type { GeneratedFile } from "./gen_files.ts";

/** Says how what is on disk below `root` differs from what the generator writes, extra files in `folder` included. */
export async function generatedProblems(
  files: readonly GeneratedFile[],
  { root, folder }: { root: URL; folder: string },
): Promise<string[]> {
  const problems: string[] = [];
  for (const { path, text } of files) {
    if (await readIfPresent(new URL(path, root)) !== text) problems.push(`${path}: is not what the generator writes`);
  }
  for await (const { name } of Deno.readDir(new URL(`${folder}/`, root))) {
    const path = `${folder}/${name}`;
    if (!files.some((file) => file.path === path)) problems.push(`${path}: is not written by the generator`);
  }
  return problems.length === 0 ? [] : [...problems.sort(), "Run `deno task gen`"];
}

async function readIfPresent(file: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
