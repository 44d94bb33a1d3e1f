import assert from "node:assert/strict";
import { journalName, MemoryJournal } from "./journal.ts";
import { journalSuite } from "./journal_suite.ts";

journalSuite("MemoryJournal", (test) => test(new MemoryJournal()));

Deno.test("journalName() fits into a file name, whatever the key", () => {
  for (const podUid of ["U1", "😀".repeat(300), "/".repeat(300)]) {
    const name = journalName({ podUid, ifname: "eth0" });
    assert.match(name, /^[A-Za-z0-9%@._~!*'()-]{1,200}$/);
  }
  assert.equal(journalName({ podUid: "U1", ifname: "eth0" }), "U1@eth0");
});
