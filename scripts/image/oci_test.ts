import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 } from "../build/digest.ts";
import { withTempFolder } from "../build/folders.ts";
import { runCommand } from "../build/run_command.ts";
import { type ImageFacts, imageOf } from "./oci.ts";
import { fileEntry, type Tree } from "./tree.ts";

const facts: ImageFacts = {
  name: "localhost/x:1",
  version: "1",
  revision: "abc",
  architecture: "amd64",
  entrypoint: ["/a"],
  user: "65532:65532",
  env: ["A=b"],
  created: "1970-01-01T00:00:00Z",
};
const layers: Tree[] = [new Map([["a", fileEntry("low")]]), new Map([["a", fileEntry("high")]])];

Deno.test("imageOf() gives one digest for one input, and another for another", async () => {
  const [first, second, other] = await Promise.all([
    imageOf(layers, facts),
    imageOf(layers, facts),
    imageOf(layers, { ...facts, revision: "abd" }),
  ]);
  assert.equal(first.digest, second.digest);
  assert.deepEqual(first.archive, second.archive);
  assert.notEqual(first.digest, other.digest);
});

Deno.test("imageOf() writes a layout in which every digest and size is right, for OCI and for docker", async () => {
  const { archive, digest } = await imageOf(layers, facts);
  await withTempFolder(async (folder) => {
    await Deno.writeFile(join(folder, "image.tar"), archive);
    await runCommand(["tar", "-xf", "image.tar"], { cwd: folder });
    const json = async (path: string) => JSON.parse(await Deno.readTextFile(join(folder, path)));
    const blob = (descriptor: { digest: string }) => `blobs/${descriptor.digest.replace(":", "/")}`;

    const [entry] = (await json("index.json")).manifests;
    assert.equal(entry.digest, digest);
    assert.equal(entry.annotations["io.containerd.image.name"], facts.name);
    const manifest = await json(blob(entry));
    for (const descriptor of [entry, manifest.config, ...manifest.layers]) {
      const bytes = await Deno.readFile(join(folder, blob(descriptor)));
      assert.equal(descriptor.digest, `sha256:${await sha256(bytes)}`);
      assert.equal(descriptor.size, bytes.length);
    }
    const config = await json(blob(manifest.config));
    assert.deepEqual([config.architecture, config.config.User, config.config.Entrypoint], ["amd64", facts.user, [
      "/a",
    ]]);
    for (const [i, layer] of manifest.layers.entries()) {
      const tar = await new Response(
        new Blob([await Deno.readFile(join(folder, blob(layer)))]).stream().pipeThrough(
          new DecompressionStream("gzip"),
        ),
      ).bytes();
      assert.equal(config.rootfs.diff_ids[i], `sha256:${await sha256(tar)}`);
    }
    const [docker] = await json("manifest.json");
    assert.deepEqual(docker, {
      Config: blob(manifest.config),
      RepoTags: [facts.name],
      Layers: manifest.layers.map(blob),
    });
    assert.deepEqual(await json("oci-layout"), { imageLayoutVersion: "1.0.0" });
  });
});
