import assert from "node:assert/strict";
import { simulate } from "./simulate.ts";

/** Operations of a normal run, over all seeds. */
const OPERATIONS = 10_000;
const SEEDS = 5;

const { seeds, operations } = planOf(Deno.env.get("SIM_SEED"), Deno.env.get("SIM_OPS"));

for (const seed of seeds) {
  Deno.test(`claim protocol holds I1 to I8 under faults: seed ${seed}, ${operations} operations`, async () => {
    await simulate({ seed, operations });
  });
}

Deno.test("simulate() does the same for the same seed, and something else for another", async () => {
  const [first, again, other] = [
    await simulate({ seed: 7, operations: 150 }),
    await simulate({ seed: 7, operations: 150 }),
    await simulate({ seed: 8, operations: 150 }),
  ];
  assert.equal(first.hash, again.hash);
  assert.notEqual(first.hash, other.hash);
});

/** `SIM_SEED` runs that seed alone, `SIM_OPS` that many operations a seed. */
function planOf(seed: string | undefined, ops: string | undefined): { seeds: readonly number[]; operations: number } {
  const seeds = seed === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(seed)];
  const operations = ops === undefined ? OPERATIONS / SEEDS : Number(ops);
  if (![...seeds, operations].every(Number.isInteger)) {
    throw new TypeError(`Cannot simulate: SIM_SEED "${seed}" and SIM_OPS "${ops}" have to be whole numbers`);
  }
  return { seeds, operations };
}
