import assert from "node:assert/strict";
import { run } from "./command.ts";
import { hexDigest } from "./digest.ts";
import { ociArchive } from "./oci_archive.ts";
import { type TarEntry, tarOf } from "./tar.ts";

const text = new TextEncoder().encode("hello\n");
const files: TarEntry[] = [
  { kind: "folder", path: "bin" },
  { kind: "file", path: "bin/tool", content: text, mode: 0o755 },
  { kind: "file", path: "bin/empty", content: new Uint8Array() },
  { kind: "symlink", path: "bin/sh", target: "tool" },
];

Deno.test("tarOf() writes what tar(1) reads", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tar-" });
  try {
    await unpack(tarOf(files), folder);
    assert.equal(await Deno.readTextFile(`${folder}/bin/sh`), "hello\n");
    assert.equal(await Deno.readTextFile(`${folder}/bin/empty`), "");
    assert.equal((await Deno.stat(`${folder}/bin/tool`)).mode! & 0o777, 0o755);
    assert.equal((await Deno.stat(`${folder}/bin/empty`)).mode! & 0o777, 0o644);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("tarOf() refuses a path that does not fit", () => {
  assert.throws(() => tarOf([{ kind: "folder", path: "a".repeat(100) }]), RangeError);
});

Deno.test("ociArchive() is the same twice, and its blobs are named by their content", async () => {
  const spec = { name: "docker.io/library/x:test", files, cmd: ["sh"] };
  const archive = await ociArchive(spec);
  assert.deepEqual(await ociArchive(spec), archive);
  const folder = await Deno.makeTempDir({ prefix: "oci-" });
  try {
    await unpack(archive, folder);
    const names = [...Deno.readDirSync(`${folder}/blobs/sha256`)].map(({ name }) => name).sort();
    const digests = names.map(async (name) => await hexDigest(await Deno.readFile(`${folder}/blobs/sha256/${name}`)));
    assert.deepEqual(await Promise.all(digests), names);
    assert.equal(names.length, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function unpack(archive: Uint8Array, folder: string): Promise<void> {
  await Deno.writeFile(`${folder}/archive.tar`, archive);
  await run(["tar", "-xf", `${folder}/archive.tar`, "-C", folder]);
}
