import assert from "node:assert/strict";
import { cloneJson, deepFreeze, equalJson, isRawNumber, type Json, longerThan, parseJson } from "./json.ts";

const roundTrips = [
  "9223372036854775807",
  '{"a":9223372036854775807,"b":1,"c":"9223372036854775807"}',
  "[-9223372036854775808,0]",
  '{"a":1.5,"b":1e+21,"text":": 12345678901234567890"}',
];
for (const text of roundTrips) {
  Deno.test(`parseJson() keeps ${text}`, () => {
    assert.equal(JSON.stringify(parseJson(text)), text);
    assert.equal(JSON.stringify(cloneJson(parseJson(text))), text);
  });
}

Deno.test("parseJson() marks only whole numbers that do not fit", () => {
  const parsed = parseJson('{"big":12345678901234567890,"small":1234567890123456}') as Record<string, Json>;
  assert.equal(isRawNumber(parsed.big), true);
  assert.equal(parsed.small, 1234567890123456);
});

const comparisons: readonly { a: Json; b: Json; want: boolean }[] = [
  { a: { x: 1, y: [1, { z: null }] }, b: { y: [1, { z: null }], x: 1 }, want: true },
  { a: { x: 1 }, b: { x: 1, y: 2 }, want: false },
  { a: { x: 1 }, b: { y: 1 }, want: false },
  { a: [1, 2], b: [2, 1], want: false },
  { a: [], b: {}, want: false },
  { a: null, b: {}, want: false },
  { a: parseJson("12345678901234567890"), b: parseJson("12345678901234567890"), want: true },
  { a: parseJson("12345678901234567890"), b: parseJson("12345678901234567891"), want: false },
];
for (const { a, b, want } of comparisons) {
  Deno.test(`equalJson(${JSON.stringify(a)}, ${JSON.stringify(b)}) is ${want}`, () => {
    assert.equal(equalJson(a, b), want);
    assert.equal(equalJson(b, a), want);
  });
}

Deno.test("cloneJson() keeps a key named __proto__ as a key", () => {
  const copy = cloneJson(parseJson('{"__proto__":{"polluted":true}}'));
  assert.equal(JSON.stringify(copy), '{"__proto__":{"polluted":true}}');
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

Deno.test("deepFreeze() freezes what is below", () => {
  const value = deepFreeze({ list: [{ a: 1 }] });
  assert.throws(() => value.list.push({ a: 2 }), TypeError);
  assert.throws(() => Object.assign(value.list[0] ?? {}, { a: 2 }), TypeError);
});

const lengths = [
  { text: "abc", limit: 3, want: false },
  { text: "abcd", limit: 3, want: true },
  { text: "äb", limit: 2, want: true },
  { text: "äb", limit: 3, want: false },
];
for (const { text, limit, want } of lengths) {
  Deno.test(`longerThan(${text}, ${limit}) is ${want}`, () => assert.equal(longerThan(text, limit), want));
}
