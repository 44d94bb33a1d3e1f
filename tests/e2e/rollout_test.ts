import assert from "node:assert/strict";
import { notDone, type RolloutState } from "./rollout.ts";

const done: RolloutState = { replicas: 3, total: 3, updated: 3, ready: 3, isObserved: true };

const cases: readonly { name: string; state: RolloutState; isDone: boolean }[] = [
  { name: "all there", state: done, isDone: true },
  { name: "none wanted, none there", state: { ...done, replicas: 0, total: 0, updated: 0, ready: 0 }, isDone: true },
  { name: "the controller has not seen the change", state: { ...done, isObserved: false }, isDone: false },
  { name: "old Pods are left", state: { ...done, total: 4 }, isDone: false },
  { name: "some are of the old template", state: { ...done, updated: 2 }, isDone: false },
  { name: "one is not ready", state: { ...done, ready: 2 }, isDone: false },
];

for (const { name, state, isDone } of cases) {
  Deno.test(`notDone() says whether a rollout goes on: ${name}`, () => {
    assert.equal(notDone(state) === undefined, isDone);
  });
}
