import assert from "node:assert/strict";
import { parseBenchReport } from "./micro.ts";

function report(result: unknown): string {
  return JSON.stringify({
    version: 1,
    benches: [{ origin: "file:///a/choose_bench.ts", name: "64", results: [result] }],
  });
}

Deno.test("parseBenchReport() gives microseconds", () => {
  assert.deepEqual(parseBenchReport(report({ ok: { n: 10, avg: 1500, p99: 3000 } })), [
    { file: "choose_bench.ts", name: "64", meanUs: 1.5, p99Us: 3 },
  ]);
});

const broken = [
  { name: "no JSON", text: "Check file:///a.ts" },
  { name: "another document", text: "{}" },
  { name: "null", text: "null" },
  { name: "a bench that failed", text: report({ failed: { message: "boom" } }) },
  { name: "a bench without figures", text: report({ ok: {} }) },
  { name: "a bench without results", text: JSON.stringify({ benches: [{ origin: "file:///a", name: "b" }] }) },
];
for (const { name, text } of broken) {
  Deno.test(`parseBenchReport() refuses ${name}`, () => assert.throws(() => parseBenchReport(text), SyntaxError));
}
