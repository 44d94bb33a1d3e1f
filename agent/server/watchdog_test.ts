import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { Watchdog } from "./watchdog.ts";

/** What `steps` lead to: `+name ms` watches, `-name` calls off, a number moves time. */
async function ended(steps: readonly (string | number)[]): Promise<string[]> {
  const clock = new FakeClock(1000);
  using watchdog = new Watchdog(clock);
  const calls = new Map<string, () => void>();
  const log: string[] = [];
  for (const step of steps) {
    if (typeof step === "number") {
      await clock.run(step);
      continue;
    }
    const [name = "", ms] = step.slice(1).split(" ");
    if (step.startsWith("-")) calls.get(name)?.();
    else calls.set(name, watchdog.watch(Number(ms), () => void log.push(`${name} ${clock.now() - 1000}`)));
  }
  return log;
}

const cases: { name: string; steps: (string | number)[]; want: string[] }[] = [
  { name: "one that is late", steps: ["+a 100", 100], want: ["a 100"] },
  { name: "one that is not late yet", steps: ["+a 100", 99], want: [] },
  { name: "one without time", steps: ["+a 0", "+b -5", 0], want: ["a 0", "b 0"] },
  { name: "one that ended in time", steps: ["+a 100", 50, "-a", 100], want: [] },
  { name: "the earlier one, watched first", steps: ["+a 100", "+b 200", 200], want: ["a 100", "b 200"] },
  { name: "the earlier one, watched last", steps: ["+b 200", "+a 100", 300], want: ["a 100", "b 200"] },
  { name: "the other one after the earlier ended", steps: ["+a 100", "+b 200", "-a", 300], want: ["b 200"] },
  {
    name: "one watched while the timer of an ended one runs",
    steps: ["+a 100", "-a", 50, "+b 10", 60],
    want: ["b 60"],
  },
  { name: "one watched after the timer ran out", steps: ["+a 100", 100, "+b 50", 50], want: ["a 100", "b 150"] },
];
for (const { name, steps, want } of cases) {
  Deno.test(`Watchdog ends: ${name}`, async () => assert.deepEqual(await ended(steps), want));
}

Deno.test("Watchdog has one timer for all, and none when it is disposed", () => {
  const clock = new FakeClock();
  const sleeps: number[] = [];
  const counting = {
    now: () => clock.now(),
    sleep: (ms: number, signal?: AbortSignal) => {
      sleeps.push(ms);
      return clock.sleep(ms, signal);
    },
  };
  using watchdog = new Watchdog(counting);
  for (let i = 0; i < 100; i++) watchdog.watch(500 + i, () => assert.fail("was called off"))();
  assert.deepEqual(sleeps, [500]);
  watchdog[Symbol.dispose]();
  assert.equal(clock.next(), undefined);
});

Deno.test("Watchdog goes on when what it ends watches again", async () => {
  const clock = new FakeClock();
  using watchdog = new Watchdog(clock);
  const ends: number[] = [];
  const again = () => {
    ends.push(clock.now());
    if (ends.length < 3) watchdog.watch(10, again);
  };
  watchdog.watch(10, again);
  watchdog.watch(25, () => ends.push(-25));
  await clock.run(40);
  assert.deepEqual(ends, [10, 20, -25, 30]);
});
