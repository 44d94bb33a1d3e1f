import { join } from "node:path";
import { sha256 } from "../build/digest.ts";
import { runCommand } from "../build/run_command.ts";
import { goProgram } from "../../tests/shared/go_program.ts";
import { fileEntry, type Tree, type TreeEntry } from "../image/tree.ts";
import { makeOnce, removeOthers, type Say, vmCache } from "./cache.ts";
import { cpioOf } from "./cpio.ts";
import type { Kernel } from "./kernel.ts";
import { librariesOf } from "./libraries.ts";
import { guestCommands, guestGoPrograms, guestPlugins } from "./requirements.ts";

/** Begins the names of images' folders. */
const PREFIX = "image-";

const BUSYBOX = "/bin/busybox";

/** Where the distribution has the main plugins, here and in the virtual machine. */
const PLUGINS = "/usr/lib/cni";

/** What a virtual machine starts from. */
export interface Image {
  /** Path of the kernel. */
  readonly kernel: string;
  /** Path of the file system: a cpio archive that is not compressed, because an emulated processor unpacks it. */
  readonly initrd: string;
}

/**
 * Makes the file system of the virtual machine, or finds it made: busybox, this Deno, the programs and main plugins that tests
 * use, with their libraries, all at the paths they have here; and the kernel's modules.
 */
export async function ensureImage(kernel: Kernel, say: Say): Promise<Image> {
  const init = await Deno.readTextFile(new URL("init.sh", import.meta.url));
  const paths = await hostFiles();
  const folder = join(vmCache, `${PREFIX}${await keyOf([kernel.folder, init, ...paths])}`);
  await makeOnce(folder, async (to) => {
    say("making the file system of the virtual machine (once)");
    const tree = new Map([...await baseTree(init), ...await modulesTree(kernel), ...await treeOf(paths)]);
    await writeParts(join(to, "initrd"), cpioOf(tree));
  });
  await removeOthers(PREFIX, folder);
  return { kernel: join(kernel.folder, "vmlinuz"), initrd: join(folder, "initrd") };
}

/** Files of this machine that go along. */
async function hostFiles(): Promise<string[]> {
  const commands = await Promise.all(
    guestCommands.map(async (name) => await runCommand(["sh", "-c", `command -v ${name}`])),
  );
  const programs = [Deno.execPath(), ...commands.map((path) => path.trim())];
  const plugins = guestPlugins.map((name) => join(PLUGINS, name)).filter(isFile);
  return [BUSYBOX, ...programs, ...plugins, ...await goPrograms(), ...await librariesOf(programs)];
}

/** Programs of the test bed that are built already; they need no libraries. */
async function goPrograms(): Promise<string[]> {
  const found = await Promise.all(guestGoPrograms.map(goProgram));
  return found.flatMap(({ path }) => path ?? []);
}

/** Digest of texts and, where a text is the path of a file, of when that changed. */
async function keyOf(parts: readonly string[]): Promise<string> {
  const facts = parts.map((part) => {
    if (!isFile(part)) return part;
    const { size, mtime } = Deno.statSync(part);
    return [part, size, mtime?.getTime()];
  });
  return (await sha256(new TextEncoder().encode(JSON.stringify(facts)))).slice(0, 16);
}

function isFile(path: string): boolean {
  try {
    return path.startsWith("/") && Deno.statSync(path).isFile;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}

async function baseTree(init: string): Promise<Tree> {
  const applets = (await runCommand([BUSYBOX, "--list"])).trim().split("\n").filter((name) => name !== "busybox");
  const folders = ["dev", "proc", "root", "run", "sys", "tmp", "var/lib"];
  return new Map<string, TreeEntry>([
    ...folders.map((path): [string, TreeEntry] => [path, { kind: "directory", mode: 0o755 }]),
    ["var/run", { kind: "link", target: "/run" }],
    ["etc/passwd", fileEntry("root:x:0:0:root:/root:/bin/sh\n")],
    ["etc/group", fileEntry("root:x:0:\n")],
    ["etc/hosts", fileEntry("127.0.0.1 localhost\n::1 localhost\n")],
    ["init", fileEntry(init, { mode: 0o755 })],
    ...applets.map((name): [string, TreeEntry] => [`bin/${name}`, { kind: "link", target: "busybox" }]),
  ]);
}

async function modulesTree({ folder }: Kernel): Promise<Tree> {
  const modules = join(folder, "modules");
  const names = [...Deno.readDirSync(modules)].map(({ name }) => name);
  const read = async (name: string): Promise<[string, TreeEntry]> => [
    `modules/${name}`,
    fileEntry(await Deno.readFile(join(modules, name))),
  ];
  return new Map(await Promise.all(names.map(read)));
}

async function treeOf(paths: readonly string[]): Promise<Tree> {
  const read = async (path: string): Promise<[string, TreeEntry]> => [
    path.slice(1),
    fileEntry(await Deno.readFile(path), { mode: 0o755 }),
  ];
  return new Map(await Promise.all(paths.map(read)));
}

async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (const part of parts) {
    for (let sent = 0; sent < part.length;) sent += await file.write(part.subarray(sent));
  }
}
