import assert from "node:assert/strict";
import { join } from "node:path";
import { executables } from "../../scripts/build/executables.ts";
import { repository, withTempFolder } from "../../scripts/build/folders.ts";
import { buildImage } from "../../scripts/image/image.ts";
import type { Image } from "../../scripts/image/oci.ts";
import { basePackages, NON_ROOT } from "../../scripts/image/root_tree.ts";
import { runPlugin } from "../cni/plugin_process.ts";
import { firstReason, needsCommand, needsRoot, testUnless } from "../shared/skip.ts";
import { Containerd } from "./containerd.ts";

const name = "localhost/spiderpool:test";
const MAX_BYTES = 60_000_000;

/** Apt knows where the packages are only after an update; what was fetched before is not asked for. */
function needsPackages(): string | undefined {
  const missing = firstReason(needsCommand("apt-get"), needsCommand("dpkg-deb"));
  if (missing !== undefined) return missing;
  const args = ["--quiet=2", "download", "--print-uris", ...basePackages];
  const { success, stdout } = new Deno.Command("apt-get", { args, cwd: "/" }).outputSync();
  return success && stdout.length > 0 ? undefined : "needs the lists of apt: run apt-get update";
}

async function build(): Promise<Image> {
  const options = { executables, format: "bundle", name, commit: "0123456789ab" } as const;
  return await buildImage(options, {
    obtainToolchain: () => Promise.reject(new Error("not wanted")),
    say: () => undefined,
  });
}

testUnless(needsPackages(), {
  name: "two builds of the image give one digest, and a small one",
  async fn() {
    const [first, second] = [await build(), await build()];
    assert.equal(first.digest, second.digest);
    assert.deepEqual(first.archive, second.archive);
    assert(first.archive.length < MAX_BYTES, `${first.archive.length} bytes`);
  },
});

const needs = ["containerd", "ctr", "runc"].map(needsCommand);
testUnless(firstReason(needsRoot(), needsPackages(), ...needs), {
  name: "the image runs in containerd: every program, as nobody in particular, and it installs plugins",
  async fn() {
    await withTempFolder(async (folder) => {
      await Deno.writeFile(join(folder, "image.tar"), (await build()).archive);
      await using containerd = await Containerd.start(folder);
      await containerd.ctr("images", "import", join(folder, "image.tar"));
      for (const executable of executables) {
        const line = await containerd.run({ image: name, command: [`/usr/bin/${executable.name}`, "--version"] });
        assert.match(line, new RegExp(`^${executable.name} .*commit 0123456789ab, deno ${Deno.version.deno}`));
      }
      const identity = await containerd.run({ image: name, command: ["/bin/sh", "-c", "id -u; id -g"] });
      assert.equal(identity, `${NON_ROOT}\n${NON_ROOT}\n`);
      await checkInstallation(containerd, join(folder, "bin"));
    });
  },
});

/** A Pod's init container runs as root; here the folder is open to all instead. */
async function checkInstallation(containerd: Containerd, bin: string): Promise<void> {
  await Deno.mkdir(bin);
  await Deno.chmod(bin, 0o777);
  const said = await containerd.run({
    image: name,
    command: ["/usr/bin/spiderpool-install"],
    mounts: { "/host/opt/cni/bin": bin },
  });
  assert.match(said, /^installed \/host\/opt\/cni\/bin\/spiderpool$/m);
  const answer = await runPlugin(join(bin, "spiderpool"), { env: { CNI_COMMAND: "VERSION" }, stdin: "{}" });
  assert.equal(answer.code, 0, answer.stderr);
}

Deno.test("the Containerfile makes what the image has: user, entry point, folder", async () => {
  const text = await Deno.readTextFile(join(repository, "Containerfile"));
  assert.match(text, new RegExp(`^USER ${NON_ROOT}:${NON_ROOT}$`, "m"));
  assert.match(text, /^ENTRYPOINT \["\/opt\/spiderpool\/spiderpool-agent"\]$/m);
  assert.match(text, /^COPY dist\/ \/opt\/spiderpool\/$/m);
});
