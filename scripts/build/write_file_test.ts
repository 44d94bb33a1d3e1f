import assert from "node:assert/strict";
import { withTempFolder } from "./folders.ts";
import { type FileContent, writeAtomically } from "./write_file.ts";

function content(words: string, mode = 0o755): FileContent {
  return { bytes: new TextEncoder().encode(words), mode };
}

Deno.test("writeAtomically() makes folders and replaces content and mode, and leaves nothing beside", async () => {
  await withTempFolder((folder) => {
    const path = `${folder}/bin/tool`;
    for (const { words, mode } of [{ words: "one", mode: 0o755 }, { words: "two", mode: 0o600 }]) {
      writeAtomically(path, content(words, mode));
      assert.deepEqual([Deno.readTextFileSync(path), Deno.statSync(path).mode! & 0o7777], [words, mode]);
    }
    assert.deepEqual([...Deno.readDirSync(`${folder}/bin`)].map(({ name }) => name), ["tool"]);
    return Promise.resolve();
  });
});

const rewrites = [
  { name: "the same is left alone", next: content("one"), isSame: true },
  { name: "other words of that length are written", next: content("two"), isSame: false },
  { name: "another mode is written", next: content("one", 0o700), isSame: false },
];
for (const { name, next, isSame } of rewrites) {
  Deno.test(`writeAtomically() over a file: ${name}`, async () => {
    await withTempFolder((folder) => {
      const path = `${folder}/tool`;
      writeAtomically(path, content("one"));
      using kept = Deno.openSync(path); // so that its number is not given to the new file
      writeAtomically(path, next);
      assert.equal(Deno.statSync(path).ino === kept.statSync().ino, isSame);
      return Promise.resolve();
    });
  });
}

Deno.test("writeAtomically() has closed the file when it gets its name: who runs it then meets no ETXTBSY", async () => {
  await withTempFolder((folder) => {
    const rename = Deno.renameSync;
    const open: string[] = [];
    Deno.renameSync = (from, to) => {
      for (const { name } of Deno.readDirSync("/proc/self/fd")) open.push(linkOf(`/proc/self/fd/${name}`));
      rename(from, to);
    };
    try {
      writeAtomically(`${folder}/tool`, content("one"));
    } finally {
      Deno.renameSync = rename;
    }
    assert.ok(open.length > 0);
    assert.deepEqual(open.filter((path) => path.startsWith(folder)), []);
    return Promise.resolve();
  });
});

/** Where a descriptor leads to; empty when it was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return "";
    throw err;
  }
}
