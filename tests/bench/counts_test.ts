import assert from "node:assert/strict";
import { costOf, poolPutsOf, sumCounts } from "./counts.ts";

const put = { requests: 6, refused: 2, failed: 0, bytesOut: 300, bytesIn: 0 };
const create = { requests: 4, refused: 0, failed: 1, bytesOut: 100, bytesIn: 40 };
const counts = new Map([
  ["create spiderendpoints", create],
  ["update spiderippools/status", put],
  ["watch pods", { requests: 9, refused: 0, failed: 0, bytesOut: 0, bytesIn: 0 }],
]);

Deno.test("costOf() breaks down to one operation, without watches", () => {
  assert.deepEqual(costOf(counts, 4), {
    requestsPerOp: 2.5,
    bytesWrittenPerOp: 100,
    bytesReadPerOp: 10,
    poolPutsPerOp: 1.5,
    conflictsPerOp: 0.5,
    byOperation: { "update spiderippools/status": 1.5, "create spiderendpoints": 1 },
  });
});

Deno.test("sumCounts() adds what several transports counted", () => {
  const sum = sumCounts([counts, new Map([["create spiderendpoints", create]]), new Map()]);
  assert.deepEqual(sum.get("create spiderendpoints"), {
    requests: 8,
    refused: 0,
    failed: 2,
    bytesOut: 200,
    bytesIn: 80,
  });
  assert.equal(poolPutsOf(sum), 6);
  assert.equal(poolPutsOf(new Map()), 0);
});
