import assert from "node:assert/strict";
import { type RecordEntry, recordEntry } from "./record.ts";
import { stateOf } from "./records_state.ts";

/** Entries of 10.0.0.`from` and those below it, all of one Pod. */
function entriesDownFrom(from: number, podUid: string): RecordEntry[] {
  return Array.from({ length: from }, (_, i) => recordEntry(`10.0.0.${from - i}`, { pod: "ns/p", podUid }));
}

Deno.test("stateOf() lists the keys of each UID in byte order", () => {
  const { byUid } = stateOf([...entriesDownFrom(11, "u"), recordEntry("10.0.1.1", { pod: "ns/q", podUid: "v" })]);
  assert.deepEqual([...byUid.keys()], ["u", "v"]);
  assert.deepEqual(byUid.get("u")?.slice(0, 4), ["10.0.0.1", "10.0.0.10", "10.0.0.11", "10.0.0.2"]);
  assert.deepEqual(byUid.get("v"), ["10.0.1.1"]);
});

Deno.test("stateOf() sorts once for a UID, not once for each of its records: a pool may hold 30000", () => {
  const entries = entriesDownFrom(200, "");
  const { sort } = Array.prototype;
  let sorts = 0;
  Array.prototype.sort = function (...given) {
    sorts++;
    return sort.apply(this, given);
  };
  try {
    assert.equal(stateOf(entries).byUid.get("")?.length, 200);
  } finally {
    Array.prototype.sort = sort;
  }
  assert.ok(sorts <= 10, `sorted ${sorts} times`);
});
