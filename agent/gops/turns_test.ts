import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { CommandBusyError, Turns } from "./turns.ts";

const { signal } = new AbortController();
const nothing = () => Promise.resolve();

Deno.test("Turns runs one command with a cost at a time; others are free", async () => {
  const turns = new Turns(new FakeClock(), () => 0);
  const end = Promise.withResolvers<void>();
  const first = turns.take({ name: "pprof-cpu", cost: "exclusive" }, { run: () => end.promise, signal });
  await assert.rejects(turns.take({ name: "gc", cost: "blocking" }, { run: nothing, signal }), CommandBusyError);
  await turns.take({ name: "stack" }, { run: nothing, signal });
  end.resolve();
  await first;
  await turns.take({ name: "gc", cost: "blocking" }, { run: nothing, signal });
});

Deno.test("Turns lets the agent work for ten times as long as it stood still", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock, () => clock.now());
  const gc = { name: "gc", cost: "blocking" } as const;
  await turns.take(gc, { run: () => Promise.resolve(clock.advance(30)), signal });
  let ran = false;
  const second = turns.take(gc, { run: () => Promise.resolve(void (ran = true)), signal });
  await clock.run(299);
  assert.equal(ran, false);
  await clock.run(1);
  await second;
  assert.equal(ran, true);
});

Deno.test("Turns gives the turn back after a failure, and when it is told to stop", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock, () => clock.now());
  const gc = { name: "gc", cost: "blocking" } as const;
  await assert.rejects(turns.take(gc, { run: () => Promise.reject(new Error("no memory")), signal }), /no memory/);
  await turns.take(gc, { run: () => Promise.resolve(clock.advance(30)), signal });
  const stop = new AbortController();
  const waiting = turns.take(gc, { run: nothing, signal: stop.signal });
  stop.abort(new Error("stops"));
  await assert.rejects(waiting, /stops/);
  clock.advance(300);
  await turns.take(gc, { run: nothing, signal });
});
