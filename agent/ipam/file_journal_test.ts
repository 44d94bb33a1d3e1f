import assert from "node:assert/strict";
import type { Log } from "../../net/base/log.ts";
import { silentLog } from "../../net/base/log.ts";
import { FileJournal } from "./file_journal.ts";
import { journalEntry, journalSuite } from "./journal_suite.ts";

async function inFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function namesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
}

journalSuite(
  "FileJournal",
  (test) => inFolder(async (dir) => await test(await FileJournal.open(`${dir}/journal`, { log: silentLog }))),
);

Deno.test("FileJournal.open() makes a folder and files that only root reads", () =>
  inFolder(async (dir) => {
    const journal = await FileJournal.open(`${dir}/a/journal`, { log: silentLog });
    await journal.put(journalEntry());
    assert.equal(Deno.statSync(`${dir}/a/journal`).mode! & 0o777, 0o700);
    assert.equal(Deno.statSync(`${dir}/a/journal/U1@eth0.json`).mode! & 0o777, 0o600);
  }));

Deno.test("FileJournal finds what an earlier process wrote", () =>
  inFolder(async (dir) => {
    await (await FileJournal.open(dir, { log: silentLog })).put(journalEntry());
    const later = await FileJournal.open(dir, { log: silentLog });
    assert.deepEqual(await later.list(), [journalEntry()]);
    assert.deepEqual(await later.get(journalEntry()), journalEntry());
  }));

Deno.test("FileJournal.open() drops what a killed process wrote but did not rename, and keeps the entry before it", () =>
  inFolder(async (dir) => {
    await (await FileJournal.open(dir, { log: silentLog })).put(journalEntry());
    Deno.writeTextFileSync(`${dir}/U1@eth0.json.tmp`, `{"podUid":"U1","ifna`);
    Deno.writeTextFileSync(`${dir}/U2@eth0.json.tmp`, `{"podUid":"U2","ifna`);
    const later = await FileJournal.open(dir, { log: silentLog });
    assert.deepEqual(await later.list(), [journalEntry()]);
    assert.deepEqual(namesIn(dir), ["U1@eth0.json"]);
  }));

const damaged = [
  { name: "empty", text: "", complaint: /JSON/ },
  { name: "cut", text: `{"podUid":"U1"`, complaint: /JSON/ },
  { name: "null", text: "null", complaint: /Cannot/ },
  { name: "a list", text: "[]", complaint: /Cannot use journal entry: members are missing or of another type/ },
  { name: "a number as UID", text: JSON.stringify({ ...journalEntry(), podUid: 1 }), complaint: /another type/ },
  { name: "no pools", text: JSON.stringify({ ...journalEntry(), pools: undefined }), complaint: /another type/ },
  { name: "odd pools", text: JSON.stringify({ ...journalEntry(), pools: ["v4a", null] }), complaint: /another type/ },
  { name: "oversize", text: JSON.stringify(journalEntry({ podName: "p".repeat(1 << 20) })), complaint: /too large/ },
];
for (const { name, text, complaint } of damaged) {
  Deno.test(`FileJournal.open() reports and leaves a damaged entry: ${name}`, () =>
    inFolder(async (dir) => {
      await (await FileJournal.open(dir, { log: silentLog })).put(journalEntry({ podUid: "U0" }));
      Deno.writeTextFileSync(`${dir}/U1@eth0.json`, text);
      const complaints: string[] = [];
      const log: Log = { ...silentLog, error: (_, fields) => void complaints.push(String(fields?.err)) };
      const journal = await FileJournal.open(dir, { log });
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? "", complaint);
      assert.equal(await journal.get(journalEntry()), undefined);
      assert.deepEqual(await journal.list(), [journalEntry({ podUid: "U0" })]);
      assert.deepEqual(namesIn(dir), ["U0@eth0.json", "U1@eth0.json"]);
      await journal.put(journalEntry());
      assert.deepEqual(await (await FileJournal.open(dir, { log })).get(journalEntry()), journalEntry());
    }));
}

Deno.test("FileJournal.open() looks past files and folders that are not its own", () =>
  inFolder(async (dir) => {
    await (await FileJournal.open(dir, { log: silentLog })).put(journalEntry());
    Deno.writeTextFileSync(`${dir}/README`, "not ours");
    Deno.mkdirSync(`${dir}/folder.json`);
    const complaints: string[] = [];
    const journal = await FileJournal.open(dir, { log: { ...silentLog, error: (said) => void complaints.push(said) } });
    assert.deepEqual(await journal.list(), [journalEntry()]);
    assert.deepEqual(complaints, ["cannot read journal entry"]);
  }));

Deno.test("FileJournal.put() that fails leaves what was there", () =>
  inFolder(async (dir) => {
    const journal = await FileJournal.open(dir, { log: silentLog });
    await journal.put(journalEntry());
    Deno.mkdirSync(`${dir}/U1@eth0.json.tmp`);
    await assert.rejects(journal.put(journalEntry({ containerId: "c2" })));
    assert.deepEqual(await journal.get(journalEntry()), journalEntry());
    await journal.remove(journalEntry());
    assert.deepEqual(namesIn(dir), ["U1@eth0.json.tmp"]);
  }));
