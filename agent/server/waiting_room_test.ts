import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { WaitingRoom } from "./waiting_room.ts";

/** What `steps` lead to: `+name` begins to wait, `-name` does no more, `!` asks for room. */
function evictedBy(steps: readonly string[]): { evicted: string[]; left: number; answers: boolean[] } {
  const room = new WaitingRoom(new FakeClock());
  const evicted: string[] = [];
  const answers: boolean[] = [];
  const leave = new Map<string, () => void>();
  for (const step of steps) {
    const name = step.slice(1);
    if (step === "!") answers.push(room.evictOldest());
    else if (step.startsWith("-")) leave.get(name)?.();
    else leave.set(name, room.enter(() => void evicted.push(name)));
  }
  assert.equal(room.evicted, evicted.length);
  return { evicted, left: room.size, answers };
}

const cases = [
  { name: "nobody waits", steps: ["!"], want: { evicted: [], left: 0, answers: [false] } },
  { name: "the one that waits longest", steps: ["+a", "+b", "!"], want: { evicted: ["a"], left: 1, answers: [true] } },
  {
    name: "one after the other",
    steps: ["+a", "+b", "!", "!"],
    want: { evicted: ["a", "b"], left: 0, answers: [true, true] },
  },
  { name: "not one that works", steps: ["+a", "+b", "-a", "!"], want: { evicted: ["b"], left: 0, answers: [true] } },
  {
    name: "one that worked waits anew",
    steps: ["+a", "+b", "-a", "+a", "!"],
    want: { evicted: ["b"], left: 1, answers: [true] },
  },
  {
    name: "leaving twice, or after the end",
    steps: ["+a", "!", "-a", "-a", "!"],
    want: { evicted: ["a"], left: 0, answers: [true, false] },
  },
];
for (const { name, steps, want } of cases) {
  Deno.test(`WaitingRoom.evictOldest(): ${name}`, () => assert.deepEqual(evictedBy(steps), want));
}

Deno.test("WaitingRoom tells how long somebody waits at most", () => {
  const clock = new FakeClock();
  const room = new WaitingRoom(clock);
  assert.equal(room.longestMs, undefined);
  const leave = room.enter(() => {});
  clock.advance(30);
  room.enter(() => {});
  clock.advance(20);
  assert.equal(room.longestMs, 50);
  leave();
  assert.equal(room.longestMs, 20);
});

Deno.test("WaitingRoom says when somebody begins to wait", () => {
  let said = 0;
  const room = new WaitingRoom(new FakeClock(), () => void said++);
  room.enter(() => {})();
  room.enter(() => {});
  assert.equal(said, 2);
});
