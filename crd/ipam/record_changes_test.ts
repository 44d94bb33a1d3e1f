import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import { parseRecordEntries } from "./record.ts";
import { changesOf } from "./record_changes.ts";
import { PoolRecords } from "./records.ts";

const a = '"10.0.0.1":{"pod":"ns/a","podUid":"u-a"}';
const b = '"10.0.0.2":{"pod":"ns/b","podUid":"u-b","node":"n"}';
const c = '"fd00::3":{"pod":"ns/c","podUid":"u-c","x":{"y":[1,{"z":2}]}}';
const d = '"10.0.0.4":{"pod":"ns/d","podUid":"u-d"}';

const known = parseRecordEntries(`{${[a, b, c].join(",")}}`);

const told = [
  { name: "the same", text: `{${a},${b},${c}}`, put: [], dropped: [] },
  { name: "one more", text: `{${a},${b},${d},${c}}`, put: ["10.0.0.4"], dropped: [] },
  { name: "one less", text: `{${a},${c}}`, put: [], dropped: ["10.0.0.2"] },
  { name: "one for another", text: `{${a},${d},${c}}`, put: ["10.0.0.4"], dropped: ["10.0.0.2"] },
  { name: "another Pod", text: `{${a.replace("u-a", "u-z")},${b},${c}}`, put: ["10.0.0.1"], dropped: [] },
  { name: "an escaped quote", text: `{${a.replace("ns/a", 'ns/\\"},\\"')},${b},${c}}`, put: ["10.0.0.1"], dropped: [] },
];
for (const { name, text, put, dropped } of told) {
  Deno.test(`changesOf() tells: ${name}`, () => {
    const changes = changesOf(text, known);
    assert.deepEqual([changes?.put.map(({ key }) => key), changes?.dropped], [put, dropped]);
  });
}

const untold = [
  { name: "nothing", text: "" },
  { name: "no records", text: "{}" },
  { name: "blanks", text: `{ ${a},${b}}` },
  { name: "a blank at the end", text: `{${a},${b},${c}} ` },
  { name: "another order", text: `{${c},${a},${b}}` },
  { name: "a missing bracket at the end", text: `{${a},${b},${c}` },
  { name: "a comma at the end", text: `{${a},${b},}` },
  { name: "text behind the end", text: `{${a},${b}}}` },
  { name: "text that is cut off", text: `{${a},${b},"10.0.0.4":{"pod":"ns/d"}}}` },
  { name: "the same key twice", text: `{${a},${b},${a}}` },
  { name: "a new key twice", text: `{${a},${d},${b},${d}}` },
  { name: "an address in another spelling", text: `{${a},"fd00:0::4":{"pod":"ns/d","podUid":"u-d"}}` },
  { name: "a key that is no address", text: `{${a},"x":{"pod":"ns/d","podUid":"u-d"}}` },
  { name: "a record that is none", text: `{${a},"10.0.0.4":{"pod":1}}` },
  { name: "a value that is no object", text: `{${a},"10.0.0.4":7,${b}}` },
  { name: "brackets inside a record", text: `{${a},"10.0.0.4":{"x":{"y":1},"pod":"ns/d","podUid":"u-d"}}` },
  { name: "brackets inside a string", text: `{${a},"10.0.0.4":{"pod":"ns/d},","podUid":"u-d"}}` },
  { name: "a key that is spelled with escapes", text: `{${a},"10.0.0.\\u0034":{"pod":"ns/d","podUid":"u-d"}}` },
];
for (const { name, text } of untold) {
  Deno.test(`changesOf() leaves to the parser: ${name}`, () => assert.equal(changesOf(text, known), undefined));
}

Deno.test("PoolRecords.parse() gives the same with and without what was known before, whatever the text", () => {
  const random = seededRandom(7);
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
  const pieces = [
    a,
    b,
    c,
    d,
    ...untold.map(({ text }) => text.slice(1, -1)),
    '"10.0.0.9":{"pod":"ns/i","podUid":"u-i"}',
    "}",
    '"',
    ",",
  ];
  let before = PoolRecords.parse(`{${[a, b, c].join(",")}}`);
  for (let round = 0; round < 3000; round++) {
    const text = `{${Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(pieces)).join(",")}}`;
    const [alone, known] = [undefined, before].map((records) => described(text, records));
    assert.deepEqual(known, alone, text);
    if (alone?.encoded !== undefined) before = PoolRecords.parse(text);
  }
});

function described(text: string, before: PoolRecords | undefined) {
  try {
    const records = PoolRecords.parse(text, before);
    const entries = [...records.entries()].sort((x, y) => x.key < y.key ? -1 : 1);
    let byUid: unknown;
    records.edit((draft) =>
      void (byUid = ["u-a", "u-b", "u-c", "u-d", "u-i", ""].map((uid) => draft.ofUid(uid).map(({ key }) => key)))
    );
    const used = ([4, 6] as const).map((family) => records.used(family).intervals);
    return {
      encoded: records.encode() ?? "",
      entries,
      byUid,
      used,
      malformed: [...records.malformed].sort(),
      size: records.size,
    };
  } catch (err) {
    return { failure: String(err) };
  }
}
