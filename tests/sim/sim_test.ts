import assert from "node:assert/strict";
import { runEpisode } from "./episode.ts";
import { episodesOf } from "./campaign.ts";
import { simulate } from "./simulate.ts";

/** Operations of a normal run, over all seeds. */
const OPERATIONS = 20_000;
const EPISODE = 2500;
/** How long a failure is looked into, in milliseconds. */
const SHRINK_MS = 60_000;

for (const { seed, operations } of episodesOf({ seed: 1, operations: OPERATIONS, episode: EPISODE })) {
  Deno.test(`claim protocol holds I1 to I8 under faults: seed ${seed}, ${operations} operations`, async () => {
    await runEpisode({ seed, operations }, { shrinkMs: SHRINK_MS });
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

Deno.test("simulate() does the same again from what it recorded", async () => {
  const first = await simulate({ seed: 9, operations: 300 });
  const again = await simulate({ seed: 9, operations: 300, script: first.script });
  assert.equal(again.hash, first.hash);
});
