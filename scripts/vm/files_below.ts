import { join } from "node:path";

/** Files below `root`/`folder`, relative to `root`; none if there is no such folder. Hidden ones are left out. */
export async function filesBelow(folder: string, root: string): Promise<string[]> {
  const items = await Array.fromAsync(Deno.readDir(join(root, folder))).catch((err) => {
    if (err instanceof Deno.errors.NotFound) return [];
    throw err;
  });
  const lists = await Promise.all(
    items.filter(({ name }) => !name.startsWith(".")).map(async (item) => {
      const path = join(folder, item.name);
      if (item.isDirectory) return await filesBelow(path, root);
      return item.isFile ? [path] : [];
    }),
  );
  return lists.flat();
}
