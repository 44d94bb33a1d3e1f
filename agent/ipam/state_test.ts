import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { ipamState } from "./state.ts";

const failing = () => Promise.reject(new Error("input/output error"));

Deno.test("ipamState() tells the rest when the disk of journal and owed DELs fails", async () => {
  const deps = {
    running: { adds: 2 },
    freed: { waiting: 3 },
    journal: { list: failing },
    owed: { count: failing },
    owedFailures: { longestMs: 5 },
    view: { hasPool: () => true, reserved: () => AddressSet.empty(4), watches: () => [] },
    clock: new FakeClock(0),
  };
  const state = await ipamState(deps as unknown as Parameters<typeof ipamState>[0], { states: () => [] });
  assert.deepEqual([state.addsInProgress, state.freeWaiters, state.owedFailingMs], [2, 3, 5]);
  assert.deepEqual([state.journalEntries, state.journalOldestMs, state.owedDels], [NaN, NaN, NaN]);
});

const ages: readonly { readonly name: string; readonly started: readonly string[]; readonly want: number }[] = [
  { name: "no entry", started: [], want: 0 },
  { name: "the oldest entry", started: ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:50.000Z"], want: 60_000 },
  { name: "an entry of a clock that was set back since", started: ["2026-01-01T01:00:00.000Z"], want: 0 },
];
for (const { name, started, want } of ages) {
  Deno.test(`ipamState() tells the age of ${name}: ${want} ms`, async () => {
    const deps = {
      running: { adds: 0 },
      freed: { waiting: 0 },
      journal: { list: () => Promise.resolve(started.map((startedAt) => ({ startedAt }))) },
      owedFailures: { longestMs: 0 },
      view: { hasPool: () => true, reserved: () => AddressSet.empty(4), watches: () => [] },
      clock: new FakeClock(Date.UTC(2026, 0, 1, 0, 1)),
    };
    const state = await ipamState(deps as unknown as Parameters<typeof ipamState>[0], { states: () => [] });
    assert.deepEqual([state.journalEntries, state.journalOldestMs], [started.length, want]);
  });
}
