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
    view: { hasPool: () => true, reserved: () => AddressSet.empty(4), watches: () => [] },
    clock: new FakeClock(0),
  };
  const state = await ipamState(deps as unknown as Parameters<typeof ipamState>[0], { states: () => [] });
  assert.deepEqual([state.addsInProgress, state.freeWaiters, state.journalEntries, state.owedDels], [2, 3, NaN, NaN]);
});
