import assert from "node:assert/strict";
import { seededRandom, systemRandom } from "./random.ts";

function take(count: number, seed: number): number[] {
  return Array.from({ length: count }, seededRandom(seed));
}

/** mulberry32 once more, on 64-bit integers cut to 32 bits after every step. */
function* slowMulberry32(seed: number): Generator<number> {
  const cut = (n: bigint) => BigInt.asUintN(32, n);
  for (let state = cut(BigInt(seed));;) {
    state = cut(state + 0x6d2b79f5n);
    let mixed = cut((state ^ (state >> 15n)) * (state | 1n));
    mixed = cut(mixed ^ (mixed + cut((mixed ^ (mixed >> 7n)) * (mixed | 61n))));
    yield Number(mixed ^ (mixed >> 14n)) / 2 ** 32;
  }
}

for (const seed of [0, 1, 42, 2 ** 31, 2 ** 32 - 1, -1, 2 ** 40 + 5]) {
  Deno.test(`seededRandom(${seed}) is mulberry32`, () => {
    assert.deepEqual(take(200, seed), [...slowMulberry32(seed).take(200)]);
  });
}

Deno.test("seededRandom() repeats itself for the same low 32 bits and differs for others", () => {
  assert.deepEqual(take(20, 7), take(20, 7));
  assert.deepEqual(take(20, 7), take(20, 2 ** 32 + 7));
  assert.notDeepEqual(take(20, 7), take(20, 8));
});

for (
  const { name, random } of [{ name: "seededRandom(3)", random: seededRandom(3) }, {
    name: "systemRandom",
    random: systemRandom,
  }]
) {
  Deno.test(`${name} stays in [0, 1) and fills all tenths`, () => {
    const counts = Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const tenth = Math.floor(random() * 10);
      assert.ok(counts[tenth] !== undefined);
      counts[tenth]++;
    }
    assert.ok(Math.min(...counts) > 800, `uneven: ${counts}`);
  });
}
