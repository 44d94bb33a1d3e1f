import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import type { KubeList, KubeObject } from "./contract.ts";
import { KubeApiError } from "./errors.ts";
import { settled } from "./fake_transport.ts";
import { Reflector, type ReflectorState } from "./reflector.ts";
import { bookmark, broken, busy, event, gone, listOf, type Script, setUp, thing } from "./reflector_fixture.ts";
import { Store } from "./store.ts";

interface Case {
  name: string;
  script: Script;
  untilMs?: number;
  calls: string[];
  heard?: string[];
  states?: ReflectorState[];
  store?: string[];
}

const x1 = thing("x", "1");
const cases: Case[] = [
  {
    name: "lists, then watches from the list's version",
    script: { lists: [listOf("5", x1)] },
    calls: ["0 list", "0 watch 5"],
    heard: ["added x@1"],
    states: ["SYNCED"],
  },
  {
    name: "applies events",
    script: {
      lists: [listOf("5", x1)],
      watches: [{
        events: [
          event("MODIFIED", thing("x", "6")),
          event("ADDED", thing("y", "7")),
          event("DELETED", thing("x", "8")),
        ],
        end: "open",
      }],
    },
    calls: ["0 list", "0 watch 5"],
    heard: ["added x@1", "updated x@6", "added y@7", "deleted x@8"],
    store: ["y"],
  },
  {
    name: "resumes at the last event's version, at once when the watch was of use",
    script: { lists: [listOf("5")], watches: [{ events: [event("ADDED", thing("x", "6"))], end: "closed" }] },
    calls: ["0 list", "0 watch 5", "0 watch 6"],
  },
  {
    name: "resumes at a bookmark's version",
    script: { lists: [listOf("5")], watches: [{ events: [bookmark("90")], end: "closed" }] },
    calls: ["0 list", "0 watch 5", "0 watch 90"],
  },
  {
    name: "resumes at once after a long quiet watch",
    script: { lists: [listOf("5")], watches: [{ end: "closed", lastsMs: 300_000 }] },
    untilMs: 300_000,
    calls: ["0 list", "0 watch 5", "300000 watch 5"],
  },
  {
    name: "asks ever more slowly when each watch ends at once",
    script: { lists: [listOf("5")], watches: Array(4).fill({ end: "closed" }), random: () => 0.5 },
    untilMs: 10_000,
    calls: ["0 list", "0 watch 5", "750 watch 5", "1750 watch 5", "3250 watch 5", "5750 watch 5"],
  },
  {
    name: "pauses briefly again after a watch that was of use",
    script: {
      lists: [listOf("5")],
      watches: [{ end: "closed" }, { end: "closed" }, { events: [bookmark("9")], end: broken }],
      random: () => 0.5,
    },
    untilMs: 4000,
    calls: ["0 list", "0 watch 5", "750 watch 5", "1750 watch 5", "2500 watch 9"],
  },
  {
    name: "resumes after a broken connection, with a pause and without a list",
    script: {
      lists: [listOf("5")],
      watches: [{ events: [event("ADDED", thing("x", "6"))], end: broken }],
    },
    untilMs: 1000,
    calls: ["0 list", "0 watch 5", "500 watch 6"],
    states: ["SYNCED"],
  },
  {
    name: "lists again when the version is gone, and tells what was missed",
    script: {
      lists: [listOf("5", x1, thing("y", "2")), listOf("50", thing("y", "40"), thing("z", "41"))],
      watches: [{ end: gone() }],
    },
    untilMs: 1000,
    calls: ["0 list", "0 watch 5", "500 list", "500 watch 50"],
    heard: ["added x@1", "added y@2", "updated y@40", "added z@41", "deleted x@1"],
    states: ["SYNCED", "DESYNCED", "SYNCED"],
    store: ["y", "z"],
  },
  {
    name: "lists ever more slowly when each version is gone at once",
    script: { lists: [listOf("5")], watches: Array(3).fill({ end: gone() }), random: () => 0.5 },
    untilMs: 4000,
    calls: ["0 list", "0 watch 5", "750 list", "750 watch 5", "1750 list", "1750 watch 5", "3250 list", "3250 watch 5"],
  },
  {
    name: "tries to list until it works",
    script: { lists: [broken, broken, listOf("5", x1)], random: () => 0.5 },
    untilMs: 2000,
    calls: ["0 list", "750 list", "1750 list", "1750 watch 5"],
    states: ["SYNCED"],
  },
  {
    name: "waits as long as the server asks",
    script: { lists: [busy(7000), listOf("5")] },
    untilMs: 8000,
    calls: ["0 list", "7000 list", "7000 watch 5"],
  },
  {
    name: "asks again within seconds, whatever the server asks: a proxy that says a day would leave it blind for one",
    script: { lists: [busy(86_400_000), listOf("5")] },
    untilMs: 11_000,
    calls: ["0 list", "10000 list", "10000 watch 5"],
  },
  {
    name: "asks at least every ten seconds while nobody is there, and begins anew with the server that comes back",
    script: {
      lists: [listOf("5"), listOf("60")],
      watches: [...Array(7).fill({ end: broken }), { end: gone() }],
      random: () => 0.5,
    },
    untilMs: 60_000,
    calls: [
      "0 list",
      ...["0", "750", "1750", "3250", "5750", "10250", "15500", "20750"].map((time) => `${time} watch 5`),
      "21500 list",
      "21500 watch 60",
    ],
  },
  {
    name: "never goes back within a watch",
    script: {
      lists: [listOf("5", x1)],
      watches: [{
        events: [
          event("MODIFIED", thing("x", "9")),
          event("MODIFIED", thing("x", "7")),
          event("DELETED", thing("x", "8")),
          bookmark("6"),
        ],
        end: "closed",
      }],
    },
    calls: ["0 list", "0 watch 5", "0 watch 9"],
    heard: ["added x@1", "updated x@9"],
    store: ["x"],
  },
  {
    name: "takes a list that is older than the store: the server was restored",
    script: { lists: [listOf("500", thing("x", "400")), listOf("30", thing("x", "20"))], watches: [{ end: gone() }] },
    untilMs: 1000,
    calls: ["0 list", "0 watch 500", "500 list", "500 watch 30"],
    heard: ["added x@400", "updated x@20"],
  },
];
for (const { name, script, untilMs = 0, ...want } of cases) {
  Deno.test(`Reflector ${name}`, async () => {
    const { calls, heard, states, store, controller, ended, runUntil } = setUp(script);
    await runUntil(untilMs);
    assert.deepEqual(calls, want.calls);
    if (want.heard) assert.deepEqual(heard, want.heard);
    if (want.states) assert.deepEqual(states, want.states);
    if (want.store) assert.deepEqual(store.list().map(({ metadata }) => metadata.name), want.store);
    controller.abort();
    await ended;
  });
}

const refused = new KubeApiError({ status: 500, reason: "InternalError", message: "no", request: "GET /x" });
for (
  const { who, err, mostMs } of [{ who: "a server that refuses", err: refused, mostMs: 30_000 }, {
    who: "a server that is not there",
    err: broken,
    mostMs: 10_000,
  }]
) {
  Deno.test(`Reflector pauses between 0.5 and ${mostMs / 1000} seconds: ${who}`, async () => {
    const { calls, controller, ended, runUntil } = setUp({ lists: [err], random: () => 1 - Number.EPSILON });
    await runUntil(200_000);
    const times = calls.map((call) => parseInt(call));
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    assert.ok(pauses.every((pause) => pause >= 500 && pause <= mostMs), String(pauses));
    assert.ok(pauses.includes(mostMs) || pauses.includes(mostMs - 1), String(pauses));
    controller.abort();
    await ended;
  });
}

Deno.test("Reflector says when it is synced, and stops", async () => {
  const { clock, reflector, controller, ended, states } = setUp({ lists: [listOf("5")] });
  assert.deepEqual([reflector.state, reflector.isSynced], ["SYNCING", false]);
  await reflector.synced;
  assert.deepEqual([reflector.state, reflector.isSynced, reflector.resourceVersion], ["SYNCED", true, "5"]);
  await settled();
  controller.abort();
  await ended;
  assert.deepEqual(states, ["SYNCED", "STOPPED"]);
  assert.equal(clock.next(), undefined);
  await assert.rejects(reflector.run(controller.signal), /runs already, or was stopped/);
});

Deno.test("Reflector that is stopped before it was synced rejects `synced`, also from its pause", async () => {
  const { clock, reflector, controller, ended } = setUp({ lists: [broken] });
  await settled();
  controller.abort("enough");
  await ended;
  await assert.rejects(reflector.synced, (err) => err === "enough");
  assert.equal(clock.next(), undefined);
});

Deno.test("Reflector ignores a list that comes after its end", async () => {
  const { promise, resolve } = Promise.withResolvers<KubeList<KubeObject>>();
  const store = new Store<KubeObject>({ log: silentLog });
  const clock = new FakeClock();
  const watch = () => assert.fail("watched");
  const reflector = new Reflector({ store, clock, random: () => 0, log: silentLog, list: () => promise, watch });
  const controller = new AbortController();
  const ended = reflector.run(controller.signal);
  controller.abort();
  resolve(listOf("5", x1));
  await ended;
  assert.equal(store.size, 0);
});

Deno.test("Reflector.heardMs is when the server last said anything: a list, an event or a bookmark", async () => {
  const events = [event("ADDED", thing("x", "6")), bookmark("7")];
  const { reflector, controller, ended, runUntil } = setUp({
    lists: [broken, listOf("5")],
    watches: [{ end: "closed", lastsMs: 6_000 }, { events, end: "open" }],
  });
  assert.equal(reflector.heardMs, undefined);
  await settled();
  assert.equal(reflector.heardMs, undefined);
  await runUntil(500);
  assert.equal(reflector.heardMs, 500); // the list
  await runUntil(6_499);
  assert.equal(reflector.heardMs, 500); // nothing since
  await runUntil(6_500);
  assert.equal(reflector.heardMs, 6_500); // the second watch's events
  controller.abort();
  await ended;
});

Deno.test("Reflector.heardMs tells how long ago that was, also where somebody has set the clock back", async () => {
  const { reflector, controller, ended, runUntil } = setUp({
    lists: [listOf("5")],
    watches: [{ events: [bookmark("6")], end: "closed", lastsMs: 6_000 }, { events: [bookmark("7")], end: "open" }],
    clockOf: (time) => ({
      now: () => time.now() - (time.now() > 0 ? 3_600_000 : 0),
      steady: () => time.now(),
      sleep: (ms, signal) => time.sleep(ms, signal),
    }),
  });
  await settled();
  assert.equal(reflector.heardMs, 0);
  await runUntil(6_000);
  assert.equal(reflector.heardMs, 6_000);
  controller.abort();
  await ended;
});
