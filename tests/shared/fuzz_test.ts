import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import { fuzz, jsonOf, mutatedJsonText, pieces, returnsOrThrows, textOf } from "./fuzz.ts";

Deno.test("fuzz() gives the same inputs for a seed, and tells the one that fails", async () => {
  const inputs: unknown[][] = [[], []];
  for (const list of inputs) await fuzz(jsonOf, (input) => void list.push(input), { runs: 50 });
  assert.deepEqual(inputs[0], inputs[1]);
  const failing = fuzz(textOf, (text) => assert.notEqual(text, "null"), { seed: 7 });
  await assert.rejects(failing, /^Error: Cannot cope with input \d+ of seed 7: 'null'$/);
});

Deno.test("mutatedJsonText() gives JSON that differs from its sample, and text that is no JSON", () => {
  const random = seededRandom(3);
  const sample = { a: [1, { b: "c" }] };
  const texts = Array.from({ length: 300 }, () => mutatedJsonText(random, [sample]));
  const valid = texts.filter((text) => isJson(text));
  assert.ok(valid.length > 150 && valid.length < 300);
  assert.ok(new Set(valid).size > 50);
});

Deno.test("pieces() loses no byte", () => {
  const bytes = new Uint8Array(100).map((_, i) => i);
  for (let seed = 0; seed < 20; seed++) {
    assert.deepEqual(pieces(seededRandom(seed), bytes).flatMap((part) => [...part]), [...bytes]);
  }
});

Deno.test("returnsOrThrows() lets no other error pass", () => {
  assert.equal(returnsOrThrows(() => 5, []), 5);
  assert.equal(returnsOrThrows(() => JSON.parse("{"), [SyntaxError]), undefined);
  assert.throws(() => returnsOrThrows(() => JSON.parse("{"), [RangeError]), SyntaxError);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
