import { join } from "node:path";
import { fileEntry, type Tree, type TreeEntry } from "./tree.ts";

/** Packages of Debian that the image is made from. */
export const basePackages: readonly string[] = ["base-files", "busybox", "ca-certificates", "libc6", "libgcc-s1"];

/** Packages that have the copyright of others: these only link to their folder. */
export function copyrightPackages(unpacked: string): string[] {
  const folder = join(unpacked, "usr/share/doc");
  const links = [...Deno.readDirSync(folder)].filter(({ isSymlink }) => isSymlink);
  return [...new Set(links.map(({ name }) => Deno.readLinkSync(join(folder, name))))].sort();
}

/** User and group of whatever does not ask for another: programs that need root say so in their Pod. */
export const NON_ROOT = 65532;

/** Libraries that Deno, a compiled executable or busybox loads, and those with which glibc resolves names. */
const libraries = [
  "ld-linux-x86-64.so.2",
  "ld-linux-aarch64.so.1",
  "libc.so.6",
  "libdl.so.2",
  "libgcc_s.so.1",
  "libm.so.6",
  "libnss_dns.so.2",
  "libnss_files.so.2",
  "libpthread.so.0",
  "libresolv.so.2",
  "librt.so.1",
];

/** The launchers need the first two; the others are for people who look into a running container. */
const applets = [
  "sh",
  "readlink",
  ..."awk cat cp df env find grep head id ip kill ls mkdir mv nslookup od pidof ping ps rm sed sleep stat tail test vi wc wget"
    .split(" "),
];

/**
 * The root file system below the programs: glibc, busybox, certificate authorities, users, and what says where it came
 * from (os-release, package states for scanners, copyrights). Locales, character sets, documentation and everything that packages
 * do when they are installed are left out.
 *
 * @param unpacked folder with the unpacked {@linkcode basePackages}
 */
export function rootTree(unpacked: string): Tree {
  const tree = new Map<string, TreeEntry>();
  const libraryFolders = ["lib", "lib64", "usr/lib"];
  for (const folder of libraryFolders) addFiles(tree, { unpacked, folder, wanted: isLibrary });
  addFiles(tree, { unpacked, folder: "usr/share/doc", wanted: isCopyright });
  addFiles(tree, { unpacked, folder: "var/lib/dpkg/status.d", wanted: () => true });
  tree.set("bin/busybox", readEntry(busyboxIn(unpacked)));
  for (const applet of applets) tree.set(`bin/${applet}`, { kind: "link", target: "busybox" });
  tree.set("etc/os-release", fileEntry(Deno.readFileSync(join(unpacked, "usr/lib/os-release"))));
  tree.set("etc/ssl/certs/ca-certificates.crt", fileEntry(authorities(unpacked)));
  for (const [path, entry] of settings) tree.set(path, entry);
  return tree;
}

/** Files that no package has, and folders with a mode of their own. */
const settings: readonly (readonly [string, TreeEntry])[] = [
  [
    "etc/passwd",
    fileEntry(`root:x:0:0:root:/:/bin/sh\nnonroot:x:${NON_ROOT}:${NON_ROOT}:nonroot:/tmp:/bin/sh\n`),
  ],
  ["etc/group", fileEntry(`root:x:0:\nnonroot:x:${NON_ROOT}:\n`)],
  ["etc/nsswitch.conf", fileEntry("passwd: files\ngroup: files\nhosts: files dns\n")],
  ["tmp", { kind: "directory", mode: 0o1777 }],
  ["run", { kind: "directory", mode: 0o755 }],
  ["var/run", { kind: "link", target: "/run" }],
  ["var/log", { kind: "directory", mode: 0o755 }],
];

interface Selection {
  readonly unpacked: string;
  readonly folder: string;
  readonly wanted: (path: string) => boolean;
}

function addFiles(tree: Map<string, TreeEntry>, { unpacked, folder, wanted }: Selection): void {
  for (const path of filesBelow(unpacked, folder)) {
    if (wanted(path)) tree.set(path, readEntry(join(unpacked, path)));
  }
}

/** The links are kept too, see {@linkcode copyrightPackages}. */
function isCopyright(path: string): boolean {
  return path.split("/").length === 4 || /^usr\/share\/doc\/[^/]+\/copyright$/.test(path);
}

function isLibrary(path: string): boolean {
  return libraries.some((name) => path.endsWith(`/${name}`));
}

function readEntry(path: string): TreeEntry {
  const { isSymlink, mode } = Deno.lstatSync(path);
  if (isSymlink) return { kind: "link", target: Deno.readLinkSync(path) };
  return fileEntry(Deno.readFileSync(path), { mode: ((mode ?? 0) & 0o111) === 0 ? 0o644 : 0o755 });
}

/** Debian 12 has it in `/bin`, later ones in `/usr/bin`. */
function busyboxIn(unpacked: string): string {
  const places = ["bin/busybox", "usr/bin/busybox"];
  const place = places.find((candidate) => filesBelow(unpacked, candidate.slice(0, -8)).includes(candidate));
  if (place === undefined) throw new Error(`Cannot make the image: busybox is not in ${places.join(" or ")}`);
  return join(unpacked, place);
}

/** All certificates of Mozilla's list in one file, as update-ca-certificates writes it. */
function authorities(unpacked: string): string {
  const folder = "usr/share/ca-certificates/mozilla";
  const files = filesBelow(unpacked, folder).filter((path) => path.endsWith(".crt")).sort();
  if (files.length === 0) throw new Error(`Cannot make the image: there are no certificates in ${folder}`);
  return files.map((path) => `${Deno.readTextFileSync(join(unpacked, path)).trimEnd()}\n`).join("");
}

/** Paths from `unpacked` of all files and links in `folder` and below; none when it is not there. */
function filesBelow(unpacked: string, folder: string): string[] {
  try {
    return [...Deno.readDirSync(join(unpacked, folder))].flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      return isDirectory ? filesBelow(unpacked, path) : [path];
    });
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return [];
    throw err;
  }
}
