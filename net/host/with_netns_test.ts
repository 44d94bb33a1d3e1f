import assert from "node:assert/strict";
import { runAway } from "./with_netns.ts";

class Ended extends Error {}

/** A way back that notes what happens. */
function wayBack({ fails = false }: { fails?: boolean } = {}) {
  const steps: string[] = [];
  return {
    steps,
    goHome(): void {
      steps.push("home");
      if (fails) throw new Error("no way");
    },
    endProcess(cause: unknown): never {
      steps.push(`end: ${cause instanceof Error ? cause.message : ""}`);
      throw new Ended();
    },
  };
}

Deno.test("runAway() gives the result after going home", () => {
  const way = wayBack();
  const result = runAway(() => {
    way.steps.push("action");
    return 7;
  }, way);
  assert.equal(result, 7);
  assert.deepEqual(way.steps, ["action", "home"]);
});

Deno.test("runAway() goes home when the action throws", () => {
  const way = wayBack();
  assert.throws(() => runAway(() => assert.fail("broken"), way), /broken/);
  assert.deepEqual(way.steps, ["home"]);
});

Deno.test("runAway() ends the process when there is no way home", () => {
  const way = wayBack({ fails: true });
  assert.throws(() => runAway(() => 1, way), Ended);
  assert.deepEqual(way.steps, ["home", "end: no way"]);
});

Deno.test("runAway() ends the process also when the action threw", () => {
  const way = wayBack({ fails: true });
  assert.throws(() => runAway(() => assert.fail("broken"), way), Ended);
});

Deno.test("runAway() refuses an asynchronous action, from home", () => {
  const way = wayBack();
  assert.throws(() => runAway(() => Promise.resolve(1), way), TypeError);
  assert.deepEqual(way.steps, ["home"]);
});
