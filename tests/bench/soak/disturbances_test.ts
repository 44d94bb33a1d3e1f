import assert from "node:assert/strict";
import { seededRandom } from "../../../net/base/random.ts";
import { planDisturbances } from "./disturbances.ts";

for (const minutes of [0, 1, 5, 20]) {
  Deno.test(`planDisturbances() of ${minutes} minutes spares the first minute and the last agent`, () => {
    const plan = planDisturbances({ minutes, nodes: 2, random: seededRandom(minutes) });
    assert(plan.every(({ atMs }) => atMs >= 60_000 && atMs <= minutes * 60_000));
    assert(plan.every(({ kind, node }) => kind === "agent" ? node === 0 : node === 0 || node === 1));
    assert(plan.every(({ atMs }, i) => i === 0 || atMs - plan[i - 1]!.atMs >= 15_000));
  });
}

Deno.test("planDisturbances() kills everything within five minutes, whatever the seed", () => {
  for (let seed = 0; seed < 50; seed++) {
    const plan = planDisturbances({ minutes: 5, nodes: 2, random: seededRandom(seed) });
    assert.deepEqual([...new Set(plan.map(({ kind }) => kind))].sort(), ["agent", "api-server", "kubelet"]);
  }
});

Deno.test("planDisturbances() repeats itself for the same seed", () => {
  const plan = (seed: number) => planDisturbances({ minutes: 20, nodes: 2, random: seededRandom(seed) });
  assert.deepEqual(plan(3), plan(3));
  assert.notDeepEqual(plan(3), plan(4));
});
