import { join } from "node:path";
import { repository } from "../build/folders.ts";
import { runDeno } from "../run_deno.ts";
import type { Copy } from "./copies.ts";
import { filesBelow } from "./files_below.ts";

/** Where Deno's cache is in the virtual machine. */
export const GUEST_DENO_DIR = "/deno";

const root = new URL(`file://${repository}/`);

/**
 * Files of Deno's cache that `modules` run with: the packages of deno.lock, without what is only for type checks and people, and
 * what each TypeScript file was made into.
 *
 * @throws {Error} with Deno's own words if a package cannot be had
 */
export async function denoFiles(modules: readonly string[]): Promise<Copy[]> {
  await deno(["cache", "--quiet", ...modules]);
  const { denoDir } = JSON.parse(await deno(["info", "--json"]));
  if (typeof denoDir !== "string") throw new Error("Cannot find Deno's cache: deno info does not tell it");
  const imported = new Set((await Promise.all(modules.map(importsOf))).flat());
  const paths = [...[...imported].map((path) => join("gen/file", `${path}.js`)), ...await packageFiles(denoDir)];
  return paths.map((path) => ({ from: join(denoDir, path), to: join(GUEST_DENO_DIR, path) }));
}

async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await runDeno(args, root);
  if (success) return stdout;
  throw new Error(`Cannot take Deno's cache along: ${stderr.trim()}`);
}

/** Paths of the TypeScript files that `module` imports, itself included. */
async function importsOf(module: string): Promise<string[]> {
  const { modules }: { modules: readonly { readonly local?: string }[] } = JSON.parse(
    await deno(["info", "--json", module]),
  );
  return modules.flatMap(({ local }) => local?.endsWith(".ts") ? [local] : []);
}

async function packageFiles(denoDir: string): Promise<string[]> {
  const folders = lockedFolders(await Deno.readTextFile(join(repository, "deno.lock")));
  const registries = await Array.fromAsync(Deno.readDir(join(denoDir, "npm")));
  const lists = await Promise.all(registries.flatMap(({ name: registry }) =>
    folders.map(async ({ name, version }) => {
      const folder = join("npm", registry, name);
      return [join(folder, "registry.json"), ...await filesBelow(join(folder, version), denoDir)];
    })
  ));
  return lists.flat().filter((path) => !/\.(d\.[cm]?ts|map|md)$/.test(path));
}

/**
 * Reads which npm packages a deno.lock names.
 *
 * @throws {Error} if it names none
 */
export function lockedFolders(text: string): { readonly name: string; readonly version: string }[] {
  const { npm = {} } = JSON.parse(text);
  const folders = Object.keys(npm).flatMap((key) => {
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? []; // after _ come versions of peers
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
  if (folders.length === 0) throw new Error("Cannot take packages along: deno.lock names none");
  return folders;
}
