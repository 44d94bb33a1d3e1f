import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import { MAX_OWED, owedNameOf, removeOwed, writeOwed } from "../api/mod.ts";
import { FileOwedDels } from "./file_owed_dels.ts";

const args = { containerID: "c1", ifName: "eth0", podNamespace: "ns1", podName: "p", podUID: "u1" };

interface Bench {
  readonly folder: string;
  readonly owed: FileOwedDels;
  /** Lines of level error. */
  readonly errors: string[];
}

async function withFolder(run: (bench: Bench) => Promise<void> | void, nowMs = Date.now()): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "owed-" });
  const errors: string[] = [];
  const log = { ...silentLog, error: (message: string) => void errors.push(message) };
  const folder = `${parent}/spidernet/owed-dels`;
  try {
    await run({ folder, owed: new FileOwedDels(folder, { clock: { now: () => nowMs }, log }), errors });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

Deno.test("a note that was written is listed, and is gone once it is removed", () =>
  withFolder(async ({ folder, owed }) => {
    assert.deepEqual(await owed.list(), [], "before there is a folder");
    writeOwed(folder, args);
    writeOwed(folder, args); // the runtime's next try
    const name = "c1@eth0.json";
    assert.deepEqual((await owed.list()).map((del) => ({ ...del, args: { ...del.args } })), [{ name, args }]);
    assert.deepEqual([await owed.count(), owed.has({ name })], [1, true]);
    owed.remove({ name });
    owed.remove({ name });
    removeOwed(folder, args);
    assert.deepEqual([await owed.count(), owed.has({ name }), await owed.list()], [0, false, []]);
  }));

Deno.test("notes are for root alone, and nothing else is left in their folder", () =>
  withFolder(({ folder }) => {
    writeOwed(folder, args);
    const mode = (path: string) => ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
    assert.deepEqual([mode(folder), mode(`${folder}/c1@eth0.json`)], ["700", "600"]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["c1@eth0.json"]);
  }));

Deno.test("more notes than the bound are not written, but one that is there can be replaced", () =>
  withFolder(({ folder }) => {
    writeOwed(folder, args);
    for (let i = 1; i < MAX_OWED; i++) Deno.writeTextFileSync(`${folder}/${i}`, "");
    writeOwed(folder, args);
    assert.throws(() => writeOwed(folder, { ...args, containerID: "c2" }), /there are 4096 notes already/);
  }));

Deno.test("an attachment that is made anew voids its note, and no other", () =>
  withFolder(async ({ folder, owed }) => {
    for (const containerID of ["c1", "c2"]) writeOwed(folder, { ...args, containerID });
    owed.void(args);
    owed.void({ ...args, containerID: "c".repeat(300) });
    assert.deepEqual((await owed.list()).map(({ name }) => name), ["c2@eth0.json"]);
  }));

const broken: { what: string; put: (path: string) => void }[] = [
  { what: "a cut file", put: (path) => Deno.writeTextFileSync(path, '{"containerID":"c1"') },
  { what: "a file that is too large", put: (path) => Deno.writeTextFileSync(path, " ".repeat(16 * 1024 + 1)) },
  { what: "a link to another file", put: (path) => Deno.symlinkSync("/etc/hostname", path) },
  { what: "an empty folder", put: (path) => Deno.mkdirSync(path) },
  {
    what: "the note of another attachment",
    put: (path) => Deno.writeTextFileSync(path, JSON.stringify({ ...args, containerID: "c9" })),
  },
];
for (const { what, put } of broken) {
  Deno.test(`${what} is reported once and removed; the others are read`, () =>
    withFolder(async ({ folder, owed, errors }) => {
      writeOwed(folder, { ...args, containerID: "c2" });
      put(`${folder}/${owedNameOf(args)}`);
      for (let look = 0; look < 2; look++) {
        assert.deepEqual((await owed.list()).map(({ name }) => name), ["c2@eth0.json"]);
      }
      assert.deepEqual(errors, ["dropped the note of an owed DEL that cannot be read"]);
      assert.equal(await owed.count(), 1);
    }));
}

Deno.test("a folder with something in it is reported once and left", () =>
  withFolder(async ({ folder, owed, errors }) => {
    Deno.mkdirSync(`${folder}/x.json/y`, { recursive: true });
    for (let look = 0; look < 2; look++) assert.deepEqual(await owed.list(), []);
    assert.equal(errors.length, 2); // what it is, and that it stays
  }));

for (const { age, ms, left } of [{ age: "new", ms: 0, left: 1 }, { age: "old", ms: 120_000, left: 0 }]) {
  Deno.test(`a temporary file that is ${age} is ${left ? "its plugin's" : "removed"}`, () =>
    withFolder(async ({ folder, owed }) => {
      Deno.mkdirSync(folder, { recursive: true });
      Deno.writeTextFileSync(`${folder}/abc.tmp`, "{");
      assert.deepEqual([await owed.list(), await owed.count()], [[], 0]);
      assert.equal([...Deno.readDirSync(folder)].length, left);
    }, Date.now() + ms));
}
