import assert from "node:assert/strict";
import { median, quantile, summaryOf } from "./stats.ts";

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
const quantiles = [
  { name: "the 99th of a hundred", samples: hundred, q: 0.99, want: 99 },
  { name: "the middle of a hundred", samples: hundred, q: 0.5, want: 50 },
  { name: "all of a hundred", samples: hundred, q: 1, want: 100 },
  { name: "a tiny share", samples: hundred, q: 1e-9, want: 1 },
  { name: "p99 of few samples is the largest", samples: [3, 1, 2], q: 0.99, want: 3 },
  { name: "one sample", samples: [7], q: 0.5, want: 7 },
  { name: "nothing", samples: [], q: 0.5, want: NaN },
  { name: "numbers are compared as numbers", samples: [10, 9, 100], q: 0.5, want: 10 },
];
for (const { name, samples, q, want } of quantiles) {
  Deno.test(`quantile() takes: ${name}`, () => assert.equal(quantile(samples, q), want));
}

for (const q of [0, -0.1, 1.01, NaN]) {
  Deno.test(`quantile() refuses the share ${q}`, () => assert.throws(() => quantile([1], q), RangeError));
}

const medians = [
  { samples: [3, 1, 2], want: 2 },
  { samples: [4, 1, 2, 3], want: 2.5 },
  { samples: [5], want: 5 },
  { samples: [], want: NaN },
];
for (const { samples, want } of medians) {
  Deno.test(`median() of [${samples}] is ${want}`, () => assert.equal(median(samples), want));
}

Deno.test("summaryOf() leaves its samples as they are", () => {
  const samples = [2, 1, 6];
  assert.deepEqual(summaryOf(samples), { count: 3, mean: 3, p50: 2, p99: 6, max: 6 });
  assert.deepEqual(samples, [2, 1, 6]);
});

Deno.test("summaryOf() of nothing has no figures", () => {
  assert.deepEqual(summaryOf([]), { count: 0, mean: NaN, p50: NaN, p99: NaN, max: NaN });
});
