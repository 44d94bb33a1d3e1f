/** What every {@linkcode Journal} does; the memory's and the folder's both pass it. */
import assert from "node:assert/strict";
import type { Journal, JournalEntry } from "./journal.ts";

/** An entry with some members changed. */
export function journalEntry(changes: Partial<JournalEntry> = {}): JournalEntry {
  return {
    podUid: "U1",
    ifname: "eth0",
    podNamespace: "ns1",
    podName: "p",
    containerId: "c1",
    pools: ["v4a", "v6a"],
    startedAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  };
}

/** Names nobody should use, and that must not leave the folder or meet each other. */
const oddKeys = [
  { podUid: "", ifname: "" },
  { podUid: "..", ifname: "." },
  { podUid: "../../etc", ifname: "passwd" },
  { podUid: "a/b", ifname: "c" },
  { podUid: "a@b", ifname: "c" },
  { podUid: "a", ifname: "b@c" },
  { podUid: "a", ifname: "b.json" },
  { podUid: "a%2Fb", ifname: "c" },
  { podUid: "nul\0 and ü 漢 😀", ifname: "\n" },
  { podUid: "U".repeat(5000), ifname: "eth0" },
  { podUid: "U".repeat(5000), ifname: "eth1" },
  { podUid: "\ud800", ifname: "lone surrogate" },
];

/** Registers the suite. */
export function journalSuite(name: string, withJournal: (test: (journal: Journal) => Promise<void>) => Promise<void>) {
  Deno.test(`${name}.get() returns what put() wrote`, () =>
    withJournal(async (journal) => {
      assert.equal(await journal.get(journalEntry()), undefined);
      await journal.put(journalEntry());
      assert.deepEqual(await journal.get({ podUid: "U1", ifname: "eth0" }), journalEntry());
      assert.equal(await journal.get({ podUid: "U1", ifname: "net1" }), undefined);
      assert.equal(await journal.get({ podUid: "U2", ifname: "eth0" }), undefined);
    }));

  Deno.test(`${name}.put() replaces the entry of the same attachment`, () =>
    withJournal(async (journal) => {
      await journal.put(journalEntry());
      await journal.put(journalEntry({ containerId: "c2", pools: ["v4b"] }));
      assert.deepEqual(await journal.list(), [journalEntry({ containerId: "c2", pools: ["v4b"] })]);
    }));

  Deno.test(`${name}.remove() removes one entry, and none twice without complaint`, () =>
    withJournal(async (journal) => {
      await journal.put(journalEntry());
      await journal.put(journalEntry({ ifname: "net1" }));
      await journal.remove(journalEntry());
      await journal.remove(journalEntry());
      assert.deepEqual(await journal.list(), [journalEntry({ ifname: "net1" })]);
    }));

  Deno.test(`${name}.list() lists the oldest first`, () =>
    withJournal(async (journal) => {
      const entries = ["03", "01", "02"].map((day) =>
        journalEntry({ podUid: `U${day}`, startedAt: `2026-01-${day}T00:00:00.000Z` })
      );
      for (const entry of entries) await journal.put(entry);
      assert.deepEqual((await journal.list()).map(({ podUid }) => podUid), ["U01", "U02", "U03"]);
    }));

  Deno.test(`${name} keeps odd UIDs and NICs apart`, () =>
    withJournal(async (journal) => {
      for (const key of oddKeys) await journal.put(journalEntry(key));
      assert.equal((await journal.list()).length, oddKeys.length);
      for (const key of oddKeys) {
        const entry = await journal.get(key);
        assert.deepEqual({ podUid: entry?.podUid, ifname: entry?.ifname }, key);
        await journal.remove(key);
        assert.equal(await journal.get(key), undefined);
      }
      assert.deepEqual(await journal.list(), []);
    }));
}
