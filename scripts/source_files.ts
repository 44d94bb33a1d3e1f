/** One TypeScript file of the repository. */
export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

const skippedFolders = ["node_modules", "dist"];

/** Reads all TypeScript files below `root`, sorted by path; hidden folders and build output are left out. */
export async function readSourceFiles(root: URL): Promise<SourceFile[]> {
  const paths = (await Array.fromAsync(typeScriptPaths(root, ""))).sort();
  return await Promise.all(paths.map(async (path) => ({ path, text: await Deno.readTextFile(new URL(path, root)) })));
}

async function* typeScriptPaths(root: URL, folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory && !name.startsWith(".") && !skippedFolders.includes(name)) {
      yield* typeScriptPaths(root, `${folder}${name}/`);
    }
    if (!isDirectory && name.endsWith(".ts")) yield folder + name;
  }
}
