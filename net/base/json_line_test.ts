import assert from "node:assert/strict";
import { jsonLine } from "./json_line.ts";

const loop: Record<string, unknown> = { name: "loop" };
loop.self = loop;
const shared = { a: 1 };

const cases = [
  { name: "plain values", record: { a: 1, b: "x", c: [true, null] }, want: '{"a":1,"b":"x","c":[true,null]}\n' },
  { name: "a newline in a value", record: { a: "x\ny" }, want: '{"a":"x\\ny"}\n' },
  { name: "a bigint", record: { a: 2n ** 64n }, want: '{"a":"18446744073709551616"}\n' },
  { name: "an error", record: { err: new TypeError("Cannot do") }, want: '{"err":"Cannot do"}\n' },
  { name: "undefined", record: { a: undefined, b: 1 }, want: '{"b":1}\n' },
  { name: "an object that holds itself", record: { loop }, want: '{"loop":{"name":"loop","self":"[circular]"}}\n' },
  { name: "one object twice", record: { x: shared, y: shared }, want: '{"x":{"a":1},"y":{"a":1}}\n' },
];
for (const { name, record, want } of cases) {
  Deno.test(`jsonLine() writes ${name}`, () => assert.equal(jsonLine(record), want));
}
