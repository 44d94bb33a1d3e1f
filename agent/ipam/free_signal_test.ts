import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { seededRandom } from "../../net/base/random.ts";
import { ANY_POOL, FreeSignal } from "./free_signal.ts";

const WAIT_MS = 1_000;
const unstopped = new AbortController().signal;

function signalFixture() {
  const clock = new FakeClock();
  return { clock, freed: new FreeSignal({ clock, random: () => 0.5 }) };
}

function waiting(pools: readonly string[], { clock, freed } = signalFixture()) {
  const stop = new AbortController();
  const changed = freed.wait(freed.mark(pools), { ms: WAIT_MS, signal: stop.signal });
  return { clock, freed, stop, changed };
}

Deno.test("FreeSignal.wait() ends when a marked pool changes", async () => {
  const { freed, changed, clock } = waiting(["v4a", "v4b"]);
  freed.notify("v4b");
  assert.equal(await changed, true);
  assert.equal(clock.next(), undefined, "the timer is gone");
});

Deno.test("FreeSignal.wait() does not heed other pools and ends when the time is over", async () => {
  const { freed, changed, clock } = waiting(["v4a"]);
  freed.notify("v4b");
  clock.advance(999);
  assert.equal(clock.next(), 1000);
  clock.advance(1);
  assert.equal(await changed, false);
});

Deno.test("FreeSignal.wait() sees a change between mark and wait", async () => {
  const { freed } = signalFixture();
  const mark = freed.mark(["v4a"]);
  freed.notify("v4a");
  assert.equal(await freed.wait(mark, { ms: WAIT_MS, signal: unstopped }), true);
});

Deno.test("FreeSignal.wait() ends with the signal's reason", async () => {
  const { changed, stop, clock } = waiting(["v4a"]);
  stop.abort(new Error("has gone"));
  await assert.rejects(changed, /has gone/);
  assert.equal(clock.next(), undefined);
});

Deno.test("FreeSignal.notify() wakes everybody who waits for the pool", async () => {
  const fixture = signalFixture();
  const all = ["v4a", "v4a", "v4b"].map((pool) => waiting([pool], fixture));
  fixture.freed.notify("v4a");
  assert.deepEqual(await Promise.all(all.slice(0, 2).map(({ changed }) => changed)), [true, true]);
  await fixture.clock.run(1000);
  assert.equal(await all[2]!.changed, false);
});

/** When those who wait look, by what was told when; random is 0.5: 125 ms after the first change. */
const looks: { name: string; pools?: string[]; tell: [atMs: number, what: "changed" | "notify"][]; want: number }[] = [
  { name: "a random moment after a change that a watch tells", tell: [[100, "changed"]], want: 225 },
  { name: "once for all changes until then", tell: [[100, "changed"], [150, "changed"], [220, "changed"]], want: 225 },
  { name: "at once for what this process freed", tell: [[100, "changed"], [150, "notify"]], want: 150 },
  { name: "at the end of the wait when the moment is later", tell: [[950, "changed"]], want: 1_000 },
  { name: "at once where any pool may be the one", pools: [ANY_POOL], tell: [[100, "changed"]], want: 100 },
];
for (const { name, pools = ["p"], tell, want } of looks) {
  Deno.test(`FreeSignal.wait() has its caller look ${name}`, async () => {
    const { clock, freed, changed } = waiting(pools);
    let lookedAt = -1;
    changed.then((isChanged) => lookedAt = isChanged ? clock.now() : -2);
    for (const [atMs, what] of tell) void clock.sleep(atMs).then(() => freed[what]("p"));
    await clock.run(2_000);
    assert.equal(lookedAt, want);
  });
}

for (const stepMs of [3_600_000, -3_600_000]) {
  Deno.test(`FreeSignal.wait() heeds no clock that somebody sets by ${stepMs} ms meanwhile`, async () => {
    const time = new FakeClock();
    let setMs = 0;
    const clock = {
      now: () => time.now() + setMs,
      steady: () => time.now(),
      sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms, signal),
    };
    const freed = new FreeSignal({ clock, random: () => 0.5 });
    const lookedAt: number[] = [];
    const look = () => void lookedAt.push(time.now());
    freed.wait(freed.mark(["p", "q"]), { ms: WAIT_MS, signal: unstopped }).then(look);
    freed.wait(freed.mark(["q"]), { ms: WAIT_MS, signal: unstopped }).then(look);
    freed.changed("p"); // due at 125 ms
    await time.run(50);
    setMs = stepMs;
    freed.changed("p"); // the same look
    freed.changed("q"); // due at 175 ms
    await time.run(2_000);
    assert.deepEqual(lookedAt, [125, 175]);
  });
}

Deno.test("FreeSignal: a change during the look is not one more look at once", async () => {
  const { clock, freed } = signalFixture();
  freed.changed("p"); // due at 125 ms
  const mark = freed.mark(["p"]);
  freed.changed("p"); // while its caller looks
  const changed = freed.wait(mark, { ms: WAIT_MS, signal: unstopped });
  await clock.run(124);
  assert.equal(clock.next(), 125);
  await clock.run(1);
  assert.equal(await changed, true);
});

Deno.test("FreeSignal is bounded: pools that changed longest ago are forgotten, and who waits for one looks at once", async () => {
  const { clock, freed } = signalFixture();
  freed.notify("gone");
  const mark = freed.mark(["gone"]);
  for (let i = 0; i < 5_000; i++) freed.notify(`p${i}`);
  assert.equal(await freed.wait(mark, { ms: WAIT_MS, signal: unstopped }), true);
  assert.deepEqual([...freed.mark(["gone"]).values()], [0]);
  const latest = freed.mark(["p4999", "gone"]);
  const changed = freed.wait(latest, { ms: WAIT_MS, signal: unstopped });
  await clock.run(WAIT_MS);
  assert.equal(await changed, false, "nothing that is known has changed");
});

Deno.test("FreeSignal: a pool that was forgotten and changes again is one that changed", async () => {
  const { freed } = signalFixture();
  freed.notify("p");
  const mark = freed.mark(["p"]);
  for (let i = 0; i < 5_000; i++) freed.notify(`p${i}`);
  freed.notify("p");
  assert.equal(await freed.wait(mark, { ms: WAIT_MS, signal: unstopped }), true);
});

/** A full pool, and agents that wait for it as `allocate()` does; each look takes 10 ms. */
class FullPool {
  readonly clock = new FakeClock(1_000);
  readonly #random = seededRandom(1);
  readonly #agents: FreeSignal[] = [];
  free = 0;
  looks = 0;
  served = 0;
  mostAtOnce = 0;
  #looking = 0;

  /** Somebody freed an address, or took one: every agent's watch tells of it. */
  write(change: number): void {
    this.free += change;
    for (const agent of this.#agents) agent.changed("p");
  }

  /** @returns how long it waited, in milliseconds; `undefined` when it got none */
  async agent(): Promise<number | undefined> {
    const { clock } = this;
    const freed = new FreeSignal({ clock, random: this.#random });
    this.#agents.push(freed);
    const startedAt = clock.now();
    for (;;) {
      const mark = freed.mark(["p"]);
      if (await this.#look()) return clock.now() - startedAt;
      const ms = startedAt + WAIT_MS - clock.now();
      if (ms <= 0 || !await freed.wait(mark, { ms, signal: unstopped })) return undefined;
    }
  }

  async #look(): Promise<boolean> {
    this.looks++;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#looking);
    await this.clock.sleep(10);
    this.#looking--;
    if (this.free === 0) return false;
    this.write(-1);
    this.served++;
    return true;
  }
}

Deno.test("FreeSignal: 100 agents that wait for a full pool look at different times, and one freed address is taken", async () => {
  const pool = new FullPool();
  const waits = Array.from({ length: 100 }, () => pool.agent());
  await pool.clock.run(100);
  Object.assign(pool, { looks: 0, mostAtOnce: 0 });
  pool.write(1);
  await pool.clock.run(1_000);
  assert.equal((await Promise.all(waits)).filter((waitedMs) => waitedMs !== undefined).length, 1);
  assert.ok(pool.mostAtOnce <= 15, `${pool.mostAtOnce} at once`);
  assert.ok(pool.looks <= 250, `${pool.looks} looks`);
});

Deno.test("FreeSignal: on a busy pool each agent looks a few times a second, and who can be served is served in time", async () => {
  const pool = new FullPool();
  const waits = Array.from({ length: 100 }, () => pool.agent());
  for (let i = 0; i < 100; i++) {
    await pool.clock.run(8); // 125 writes a second
    pool.write(1);
  }
  await pool.clock.run(1_000);
  const waited = await Promise.all(waits);
  assert.equal(waited.filter((ms) => ms !== undefined).length, 100);
  assert.ok(Math.max(...waited.map((ms) => ms ?? Infinity)) <= WAIT_MS + 10, "none waits longer than it may");
  assert.ok(pool.looks <= 800, `${pool.looks} looks, 100 agents`);
});
