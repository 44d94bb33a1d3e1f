import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { installPlugins } from "./install.ts";
import { DamagedFileError } from "./place_file.ts";

/** A folder with a build in `from`, and the CNI folder `to` that does not exist yet. */
function withFolders(use: (folders: { from: string; to: string }) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "install-" });
  try {
    use({ from: join(folder, "from"), to: join(folder, "opt/cni/bin") });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Writes a build of `version`: a launcher that starts the bundle and the Deno whose names it has. */
function writeBuild(from: string, { version, deno }: { version: string; deno: string }): void {
  writeFiles(from, {
    spiderpool: `#!/bin/sh\nexec spiderpool-lib/deno-${deno} spiderpool-lib/spiderpool-${version}.js\n`,
    "spiderpool-agent": "#!/bin/sh\nexec spiderpool-lib/agent-1.js\n",
    [`spiderpool-lib/deno-${deno}`]: `deno ${deno}`,
    [`spiderpool-lib/spiderpool-${version}.js`]: `bundle ${version}`,
    "spiderpool-lib/agent-1.js": "agent",
  });
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const lines = Object.entries(files).map(([path, text]) => {
    Deno.mkdirSync(join(folder, path, ".."), { recursive: true });
    Deno.writeTextFileSync(join(folder, path), text);
    return `${createHash("sha256").update(text).digest("hex")}  ${path}\n`;
  });
  Deno.writeTextFileSync(join(folder, "SHA256SUMS"), lines.join(""));
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(join(folder, name)).map((path) => `${name}/${path}`) : [name]
  ).sort();
}

const names = ["spiderpool"];

Deno.test("installPlugins() installs what the plugin's launcher names, runnable, and nothing else", () => {
  withFolders(({ from, to }) => {
    writeBuild(from, { version: "v1", deno: "d1" });
    const { written, removed } = installPlugins({ from, to, names });
    assert.deepEqual(written, ["spiderpool-lib/deno-d1", "spiderpool-lib/spiderpool-v1.js", "spiderpool"]);
    assert.deepEqual(removed, []);
    assert.deepEqual(filesIn(to), [...written].sort());
    assert.equal((Deno.statSync(join(to, "spiderpool")).mode ?? 0) & 0o777, 0o755);
  });
});

Deno.test("installPlugins() of what is there writes nothing", () => {
  withFolders(({ from, to }) => {
    writeBuild(from, { version: "v1", deno: "d1" });
    installPlugins({ from, to, names });
    assert.deepEqual(installPlugins({ from, to, names }), { written: [], removed: [] });
  });
});

Deno.test("installPlugins() leaves the replaced version for calls that have begun, until the next installation", () => {
  withFolders(({ from, to }) => {
    const libraries = [["v1", "d1"], ["v2", "d1"], ["v3", "d2"]].map(([version = "", deno = ""]) => {
      writeBuild(from, { version, deno });
      installPlugins({ from, to, names });
      return filesIn(join(to, "spiderpool-lib"));
    });
    assert.deepEqual(libraries, [
      ["deno-d1", "spiderpool-v1.js"],
      ["deno-d1", "spiderpool-v1.js", "spiderpool-v2.js"],
      ["deno-d1", "deno-d2", "spiderpool-v2.js", "spiderpool-v3.js"],
    ]);
  });
});

Deno.test("installPlugins() leaves files of others and Deno's compiled code alone", () => {
  withFolders(({ from, to }) => {
    writeBuild(from, { version: "v1", deno: "d1" });
    writeFiles(to, { macvlan: "other", "spiderpool-lib/cache/code": "compiled" });
    installPlugins({ from, to, names });
    assert.equal(Deno.readTextFileSync(join(to, "macvlan")), "other");
    assert.equal(Deno.readTextFileSync(join(to, "spiderpool-lib/cache/code")), "compiled");
  });
});

Deno.test("installPlugins() installs plugins that are one file each without a library", () => {
  withFolders(({ from, to }) => {
    writeFiles(from, { spiderpool: "\x7fELF", "spiderpool-agent": "\x7fELF agent" });
    assert.deepEqual(installPlugins({ from, to, names }).written, ["spiderpool"]);
    assert.deepEqual(filesIn(to), ["spiderpool"]);
  });
});

Deno.test("installPlugins() refuses a damaged file and leaves what is there", () => {
  withFolders(({ from, to }) => {
    writeBuild(from, { version: "v1", deno: "d1" });
    installPlugins({ from, to, names });
    const before = Deno.readTextFileSync(join(to, "spiderpool"));
    writeBuild(from, { version: "v2", deno: "d1" });
    Deno.writeTextFileSync(join(from, "spiderpool-lib/spiderpool-v2.js"), "half a bun");
    assert.throws(() => installPlugins({ from, to, names }), DamagedFileError);
    assert.equal(Deno.readTextFileSync(join(to, "spiderpool")), before);
    assert.deepEqual(filesIn(join(to, "spiderpool-lib")), ["deno-d1", "spiderpool-v1.js"]);
  });
});

Deno.test("installPlugins() finishes what was interrupted", () => {
  withFolders(({ from, to }) => {
    writeBuild(from, { version: "v1", deno: "d1" });
    writeFiles(to, { "spiderpool.spiderpool-tmp": "ha", "spiderpool-lib/deno-d0.spiderpool-tmp": "ha" });
    const { removed } = installPlugins({ from, to, names });
    assert.deepEqual(removed, ["spiderpool-lib/deno-d0.spiderpool-tmp"]); // the other one was written over
    assert.equal(filesIn(to).some((name) => name.endsWith("tmp")), false);
  });
});

Deno.test("installPlugins() tells which plugin the build does not have", () => {
  withFolders(({ from, to }) => {
    writeBuild(from, { version: "v1", deno: "d1" });
    assert.throws(
      () => installPlugins({ from, to, names: ["ifacer"] }),
      /Cannot install ifacer: .*SHA256SUMS does not/,
    );
    assert.throws(() => installPlugins({ from: to, to, names }), Deno.errors.NotFound);
  });
});
