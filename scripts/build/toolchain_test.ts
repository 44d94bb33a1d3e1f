import assert from "node:assert/strict";
import { join } from "node:path";
import { ChecksumError, sha256 } from "./digest.ts";
import { NoBaseBinaryError, obtainToolchain, type ToolchainDeps } from "./toolchain.ts";

/** A whole ELF file that says it is the base binary of `version`. */
function baseBinary(version: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(256);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  bytes.set(new TextEncoder().encode(`Deno/${version}+abc`), 64);
  const header = new DataView(bytes.buffer);
  header.setBigUint64(0x28, 128n, true);
  header.setUint16(0x3a, 64, true);
  header.setUint16(0x3c, 2, true);
  return bytes;
}

function program(version: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...baseBinary(version), 1, 2, 3]);
}

const deno = new TextEncoder().encode("a Deno");

/** Deps without network; `changes` opens ways. */
async function withDeps(
  changes: (folder: string) => Partial<ToolchainDeps>,
  use: (deps: ToolchainDeps, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "toolchain-" });
  try {
    const deps: ToolchainDeps = {
      denortBin: undefined,
      running: { path: "/usr/bin/deno", version: "2.9.6", arch: "x86_64" },
      cacheDir: join(folder, "cache"),
      pinned: {
        denoVersion: "2.7.11",
        deno: { package: "deno-package", path: "deno", sha256: await sha256(deno) },
        base: { package: "base-package", path: "bin/x", sha256: await sha256(baseBinary("2.7.11")) },
      },
      download: () => Promise.reject(new Error("no network")),
      fetchPackagedFile: ({ package: name }) => Promise.reject(new Error(`no registry for ${name}`)),
      say: () => undefined,
      ...changes(folder),
    };
    await use(deps, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A registry that has what is pinned. */
const registry: Pick<ToolchainDeps, "fetchPackagedFile"> = {
  fetchPackagedFile: ({ package: name }) => Promise.resolve(name === "base-package" ? program("2.7.11") : deno),
};

Deno.test("obtainToolchain() takes Deno's own download before the registry, and then its cache", async () => {
  const said: string[] = [];
  const changes = { ...registry, download: () => Promise.resolve(program("2.9.6")), say: (s: string) => said.push(s) };
  await withDeps(() => changes, async (deps) => {
    const first = await obtainToolchain(deps);
    assert.equal(first.origin, "Deno's own download");
    assert.deepEqual([first.denoVersion, first.deno], ["2.9.6", "/usr/bin/deno"]);
    assert.deepEqual(await Deno.readFile(first.base), baseBinary("2.9.6"));
    assert.match(said.join("\n"), /base binary: Deno's own download, Deno 2\.9\.6, SHA-256 [0-9a-f]{64}/);
    const offline = { ...deps, download: () => Promise.reject(new Error("must not be asked")) };
    assert.match((await obtainToolchain(offline)).origin, /^cache /);
  });
});

Deno.test("obtainToolchain() takes base binary and Deno from the registry, and then both from its cache", async () => {
  await withDeps(() => registry, async (deps) => {
    const first = await obtainToolchain(deps);
    assert.equal(first.origin, "npm package base-package");
    assert.equal(first.denoVersion, "2.7.11");
    assert.deepEqual(await Deno.readFile(first.deno), deno);
    const offline = { ...deps, fetchPackagedFile: () => Promise.reject(new Error("must not be asked")) };
    const second = await obtainToolchain(offline);
    assert.deepEqual([second.base, second.deno], [first.base, first.deno]);
  });
});

Deno.test("obtainToolchain() uses DENORT_BIN before anything else, with the Deno of its version", async () => {
  await withDeps((folder) => ({ ...registry, denortBin: join(folder, "denort") }), async (deps, folder) => {
    await Deno.writeFile(join(folder, "denort"), baseBinary("2.7.11"));
    const { denoVersion, base, deno: path } = await obtainToolchain(deps);
    assert.deepEqual([denoVersion, base], ["2.7.11", join(folder, "denort")]);
    assert.deepEqual(await Deno.readFile(path), deno);
    await Deno.writeFile(join(folder, "denort"), baseBinary("2.9.6"));
    assert.equal((await obtainToolchain(deps)).deno, "/usr/bin/deno");
  });
});

Deno.test("obtainToolchain() does not go past a DENORT_BIN that cannot be used", async () => {
  await withDeps((folder) => ({ ...registry, denortBin: join(folder, "denort") }), async (deps, folder) => {
    await assert.rejects(obtainToolchain(deps), /Cannot use DENORT_BIN .*: .*No such file/);
    await Deno.writeTextFile(join(folder, "denort"), "#!/bin/sh");
    await assert.rejects(obtainToolchain(deps), /Cannot use DENORT_BIN .*: it is no base binary of Deno/);
  });
});

Deno.test("obtainToolchain() without any way says what was tried and what to do", async () => {
  await withDeps(() => ({}), async (deps) => {
    await assert.rejects(obtainToolchain(deps), (err) => {
      assert(err instanceof NoBaseBinaryError);
      assert.deepEqual(err.reasons, ["no network", "no registry for base-package"]);
      for (const advice of [".cache/build", "DENORT_BIN", "2.9.6", "x86_64", "--format bundle"]) {
        assert(err.message.includes(advice), advice);
      }
      return true;
    });
    const other = { ...deps, pinned: undefined };
    await assert.rejects(obtainToolchain(other), /none is known for x86_64/);
  });
});

Deno.test("obtainToolchain() refuses what is not what was pinned, wherever it comes from", async () => {
  const wrongBase = { fetchPackagedFile: () => Promise.resolve(program("2.7.10")) };
  await withDeps(() => wrongBase, async (deps) => {
    await assert.rejects(obtainToolchain(deps), /SHA-256 is [0-9a-f]{64}, not/);
  });
  const wrongDeno: Partial<ToolchainDeps> = {
    fetchPackagedFile: ({ package: name }) =>
      Promise.resolve(name === "base-package" ? program("2.7.11") : new Uint8Array(3)),
  };
  await withDeps(() => wrongDeno, async (deps) => {
    await assert.rejects(obtainToolchain(deps), /Cannot use @deno\/linux-x64-glibc@2\.7\.11: its SHA-256/);
  });
  await withDeps(() => registry, async (deps) => {
    const { base } = await obtainToolchain(deps);
    await Deno.writeFile(base, baseBinary("2.7.12"));
    const offline = { ...deps, fetchPackagedFile: () => Promise.reject(new Error("no registry")) };
    await assert.rejects(obtainToolchain(offline), /remove it and get it again/);
    assert.equal(new ChecksumError("x", "a", "b").name, "ChecksumError");
  });
});
