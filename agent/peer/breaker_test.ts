import assert from "node:assert/strict";
import { Breaker } from "./breaker.ts";

function breakerAt(random = 0.5) {
  const at = { nowMs: 0 };
  return { at, breaker: new Breaker({ monotonic: () => at.nowMs, random: () => random }) };
}

Deno.test("Breaker is closed at first, and after an answer", () => {
  const { breaker } = breakerAt();
  assert.deepEqual([breaker.isOpen, breaker.isProbeDue], [false, false]);
  breaker.trip();
  assert.equal(breaker.isOpen, true);
  breaker.close();
  assert.deepEqual([breaker.isOpen, breaker.isProbeDue], [false, false]);
});

for (const random of [0, 0.999]) {
  Deno.test(`Breaker leaves a peer out longer each time, up to a minute; random is ${random}`, () => {
    const { at, breaker } = breakerAt(random);
    for (const most of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      breaker.trip();
      const pauseMs = most * (0.5 + random / 2);
      at.nowMs += pauseMs - 1;
      assert.equal(breaker.isProbeDue, false, `${pauseMs} ms`);
      at.nowMs += 1.001;
      assert.deepEqual([breaker.isProbeDue, breaker.isOpen], [true, true], `${pauseMs} ms`);
    }
    breaker.close();
    breaker.trip();
    at.nowMs += 1_000;
    assert.equal(breaker.isProbeDue, true, "short again after an answer");
  });
}
