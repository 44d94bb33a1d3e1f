import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { withTempFolder } from "../build/folders.ts";
import { runCommand } from "../build/run_command.ts";
import { unpackPackages } from "../image/debian.ts";
import { makeOnce, removeOthers, type Say, vmCache } from "./cache.ts";
import { filesBelow } from "./files_below.ts";
import { dependenciesOf, loadOrder, moduleName, type ModuleSource, wantedModules } from "./modules.ts";

/** Debian's package that names the newest kernel for virtual machines: small, and with every kind of link. */
export const kernelPackage = "linux-image-cloud-amd64";

/** Begins the names of kernels' folders: what has other modules is of no use. */
const PREFIX = `kernel-${createHash("sha256").update(wantedModules.join()).digest("hex").slice(0, 8)}-`;

/** A kernel: `vmlinuz`, `modules/<name>.ko`, and `modules/order`, their names in the order to load them. */
export interface Kernel {
  readonly folder: string;
  /** Of the package it comes from. */
  readonly name: string;
}

/** The kernel that was fetched, or `undefined`. */
export function findKernel(): Kernel | undefined {
  try {
    const names = [...Deno.readDirSync(vmCache)].map(({ name }) => name).sort();
    const found = names.findLast((name) => name.startsWith(PREFIX) && !name.endsWith(".part"));
    return found === undefined ? undefined : { folder: join(vmCache, found), name: found.slice(PREFIX.length) };
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}

/**
 * Fetches the kernel unless that was done. The package is unpacked, not installed: the kernel of this machine stays what it is.
 *
 * @throws {Error} where there is no apt, or it does not know or get the package
 */
export async function fetchKernel(say: Say): Promise<Kernel> {
  const found = findKernel();
  if (found !== undefined) return found;
  const name = await newestKernel();
  say(`fetching the kernel of Debian's ${name} (27 MB, once)`);
  const folder = join(vmCache, PREFIX + name);
  await makeOnce(folder, async (to) =>
    await withTempFolder(async (unpacked) => {
      await unpackPackages([name], { cacheDir: join(unpacked, "packages"), to: unpacked });
      await takeKernel(unpacked, to);
    }));
  await removeOthers("kernel-", folder);
  return { folder, name };
}

async function newestKernel(): Promise<string> {
  const ask = () => runCommand(["apt-cache", "depends", kernelPackage], { env: { LC_ALL: "C" } });
  const text = await ask().catch(async () => {
    await runCommand(["apt-get", "--quiet=2", "update"]); // nobody has used apt here yet
    return await ask();
  });
  return parseDepends(text);
}

/**
 * Reads the first dependency of what `apt-cache depends` prints.
 *
 * @throws {Error} if there is none
 */
export function parseDepends(text: string): string {
  const [, name] = /^\s+Depends: (linux-image-[\w.+-]+)$/m.exec(text) ?? [];
  if (name === undefined) {
    throw new Error(`Cannot find a kernel: apt knows no package that ${kernelPackage} stands for`);
  }
  return name;
}

/** Takes the kernel and the wanted modules out of an unpacked package. */
async function takeKernel(unpacked: string, to: string): Promise<void> {
  const boot = [...Deno.readDirSync(join(unpacked, "boot"))].find(({ name }) => name.startsWith("vmlinuz-"));
  if (boot === undefined) throw new Error("Cannot use the kernel package: it has no boot/vmlinuz-*");
  await Deno.copyFile(join(unpacked, "boot", boot.name), join(to, "vmlinuz"));
  const version = boot.name.slice("vmlinuz-".length);
  const lib = await Deno.stat(join(unpacked, "lib")).then(() => "lib", () => "usr/lib"); // newer packages have it there
  const modules = await readModules(join(unpacked, lib, "modules", version));
  await Deno.mkdir(join(to, "modules"));
  const order = loadOrder(wantedModules, modules.source);
  for (const name of order) await Deno.writeFile(join(to, "modules", `${name}.ko`), modules.read(name));
  await Deno.writeTextFile(join(to, "modules", "order"), order.map((name) => `${name}\n`).join(""));
}

interface Modules {
  readonly source: ModuleSource;
  /** The object file, not compressed. @throws {Error} if there is none of this name */
  readonly read: (name: string) => Uint8Array;
}

async function readModules(folder: string): Promise<Modules> {
  const paths = new Map(
    (await filesBelow("kernel", folder)).filter((path) => /\.ko(\.xz)?$/.test(path)).map((path) => [
      moduleName(basename(path).replace(/\.ko(\.xz)?$/, "")),
      join(folder, path),
    ]),
  );
  const builtIn = new Set(
    (await Deno.readTextFile(join(folder, "modules.builtin"))).split("\n").map((line) =>
      moduleName(basename(line, ".ko"))
    ),
  );
  const read = (name: string): Uint8Array => {
    const path = paths.get(name);
    if (path === undefined) throw new Error(`Cannot find kernel module "${name}" in ${basename(folder)}`);
    return path.endsWith(".xz") ? decompress(path) : Deno.readFileSync(path);
  };
  return { read, source: { isBuiltIn: (name) => builtIn.has(name), dependencies: (n) => dependenciesOf(n, read(n)) } };
}

/** Newer kernel packages have their modules compressed. */
function decompress(path: string): Uint8Array {
  const command = new Deno.Command("xz", { args: ["--decompress", "--stdout", path], stdin: "null" });
  const { success, stdout } = command.outputSync();
  if (success) return stdout;
  throw new Error(`Cannot decompress kernel module ${path}: is Debian's xz-utils installed?`);
}
