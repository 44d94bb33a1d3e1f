import assert from "node:assert/strict";
import { ByteBudget } from "./byte_budget.ts";
import { HttpError } from "./http.ts";
import { RequestReader } from "./request_reader.ts";

const KIB = 1024;

function readerOver(largeBodies: ByteBudget): RequestReader {
  return new RequestReader({ maxHeadBytes: 16 * KIB, maxBodyBytes: KIB * KIB, largeBodies });
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("ByteBudget gives what there is, and no more", () => {
  const budget = new ByteBudget(10);
  assert.deepEqual([budget.tryTake(6), budget.tryTake(5), budget.tryTake(4), budget.tryTake(1)], [
    true,
    false,
    true,
    false,
  ]);
  budget.give(4);
  assert.deepEqual([budget.taken, budget.tryTake(4)], [6, true]);
});

const lengths = [
  { name: "nothing for a small body", length: 16 * KIB, taken: 0 },
  { name: "all of a large one", length: 16 * KIB + 1, taken: 16 * KIB + 1 },
];
for (const { name, length, taken } of lengths) {
  Deno.test(`RequestReader takes from the budget: ${name}, and gives it back`, () => {
    const budget = new ByteBudget(KIB * KIB);
    const reader = readerOver(budget);
    reader.push(bytesOf(`POST / HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n`));
    assert.equal(reader.take(), undefined);
    assert.equal(budget.taken, taken);
    reader.push(new Uint8Array(length));
    assert.equal(reader.take()?.body.length, length);
    assert.equal(budget.taken, taken); // a handler works on it
    reader.release();
    reader.release();
    assert.equal(budget.taken, 0);
  });
}

Deno.test("RequestReader takes from the budget as chunks come, and answers 503 when it is used up", () => {
  const budget = new ByteBudget(40 * KIB);
  const reader = readerOver(budget);
  const chunk = `${(10 * KIB).toString(16)}\r\n${"x".repeat(10 * KIB)}\r\n`;
  reader.push(bytesOf("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (const taken of [0, 20, 30, 40]) {
    reader.push(bytesOf(chunk));
    assert.equal(reader.take(), undefined);
    assert.equal(budget.taken, taken * KIB);
  }
  reader.push(bytesOf(chunk));
  assert.throws(() => reader.take(), (err) => err instanceof HttpError && err.status === 503);
  reader.release();
  assert.equal(budget.taken, 0);
});
