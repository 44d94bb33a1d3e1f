import assert from "node:assert/strict";
import { backupPath, openLogFile, outdated } from "./log_file.ts";

const noon = Date.UTC(2026, 0, 31, 12);
const options = { maxSizeMb: 1, maxAgeDays: 0, maxCount: 0 };

function withFolder(use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "log-" });
  try {
    use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("openLogFile() makes the folder and appends", () => {
  withFolder((folder) => {
    const path = `${folder}/a/b.log`;
    for (const line of ["one\n", "two\n"]) {
      using file = openLogFile({ ...options, path }, noon);
      file.append(new TextEncoder().encode(line));
    }
    assert.equal(Deno.readTextFileSync(path), "one\ntwo\n");
  });
});

Deno.test("openLogFile() begins a new file at the size limit and removes the old ones beyond the count", () => {
  withFolder((folder) => {
    const path = `${folder}/b.log`;
    for (let i = 0; i < 3; i++) {
      Deno.writeTextFileSync(path, String(i).repeat(1024 * 1024));
      using file = openLogFile({ ...options, path, maxCount: 2 }, noon + i);
      file.append(new TextEncoder().encode("new\n"));
    }
    assert.equal(Deno.readTextFileSync(path), "new\n");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "b-2026-01-31T12-00-00.001.log",
      "b-2026-01-31T12-00-00.002.log",
      "b.log",
    ]);
  });
});

Deno.test("openLogFile() below the limit changes nothing", () => {
  withFolder((folder) => {
    const path = `${folder}/b.log`;
    Deno.writeTextFileSync(path, "x".repeat(1024 * 1024 - 1));
    openLogFile({ ...options, path }, noon)[Symbol.dispose]();
    assert.equal([...Deno.readDirSync(folder)].length, 1);
  });
});

Deno.test("openLogFile() leaves no file open when an old one cannot be removed", { sanitizeResources: true }, () => {
  withFolder((folder) => {
    const path = `${folder}/b.log`;
    Deno.mkdirSync(`${backupPath(path, noon - 1)}/full`, { recursive: true });
    Deno.writeTextFileSync(path, "x".repeat(1024 * 1024));
    assert.throws(() => openLogFile({ ...options, path, maxCount: 1 }, noon), /not empty/);
    using file = openLogFile({ ...options, path, maxCount: 1 }, noon);
    assert.equal(file.isFull(), false);
  });
});

const names = [0, 1, 2, 40].map((days) => backupPath("b.log", noon - days * 86_400_000));
const others = ["b.log", "b-x.log", "c-2026-01-01T00-00-00.000.log", "b-2026-01-01T00-00-00.000.txt"];
const retention = { base: "b.log", maxAgeDays: 0, maxCount: 0, nowMs: noon };
const cases = [
  { name: "keeps all without limits", limits: {}, want: [] },
  { name: "keeps the newest", limits: { maxCount: 2 }, want: [names[2], names[3]] },
  { name: "keeps the young", limits: { maxAgeDays: 30 }, want: [names[3]] },
  { name: "obeys both", limits: { maxAgeDays: 30, maxCount: 1 }, want: [names[1], names[2], names[3]] },
];
for (const { name, limits, want } of cases) {
  Deno.test(`outdated() ${name} and never touches other files`, () => {
    assert.deepEqual(outdated([...others, ...names], { ...retention, ...limits }), want);
  });
}
