/** Images for test Pods, made from the distribution's static busybox. */
import { run } from "./command.ts";
import { type ImageSpec, ociArchive } from "./oci_archive.ts";
import type { TarEntry } from "./tar.ts";

/** Image for Pods of tests and examples: a shell and small tools, under the name that examples use for it. Nodes have it: nothing is pulled. */
export const BUSYBOX_IMAGE = "docker.io/library/busybox:stable";

/** Image of the container that holds a Pod's namespaces. */
export const PAUSE_IMAGE = "docker.io/library/pause:test";

/** Debian's static busybox, from package busybox-static. */
export const BUSYBOX = "/bin/busybox";

/** Writes archives of both images into `folder`. @returns their paths */
export async function writeImages(folder: string): Promise<string[]> {
  await Deno.mkdir(folder, { recursive: true });
  const files = await busyboxFiles();
  const specs: ImageSpec[] = [
    { name: BUSYBOX_IMAGE, files, cmd: ["sh"] },
    { name: PAUSE_IMAGE, files, entrypoint: ["/bin/busybox", "sleep", "infinity"] },
  ];
  return await Promise.all(specs.map(async (spec) => {
    const path = `${folder}/${/([^/:]+):[^:]*$/.exec(spec.name)?.[1]}.tar`;
    await Deno.writeFile(path, await ociArchive(spec));
    return path;
  }));
}

async function busyboxFiles(): Promise<TarEntry[]> {
  const applets = (await run([BUSYBOX, "--list"])).trim().split("\n").filter((name) => name !== "busybox");
  const folders = ["bin", "dev", "etc", "proc", "root", "run", "sys", "tmp", "var"];
  return [
    ...folders.map((path): TarEntry => ({ kind: "folder", path, mode: path === "tmp" ? 0o1777 : 0o755 })),
    { kind: "file", path: "bin/busybox", content: await Deno.readFile(BUSYBOX), mode: 0o755 },
    { kind: "file", path: "etc/passwd", content: new TextEncoder().encode("root:x:0:0:root:/root:/bin/sh\n") },
    ...applets.map((name): TarEntry => ({ kind: "symlink", path: `bin/${name}`, target: "busybox" })),
  ];
}
