import assert from "node:assert/strict";
import { MalformedRecordsError, nicOfRecord, parseRecordEntries, recordEntry } from "./record.ts";

const good = [
  {
    name: "upstream's record",
    text: '{"10.20.0.10":{"pod":"shop/cart-0","podUid":"u1"}}',
    want: [{ key: "10.20.0.10", record: { pod: "shop/cart-0", podUid: "u1" } }],
  },
  {
    name: "our members beside upstream's",
    text: '{"fd00::a":{"pod":"a/b","podUid":"u","nic":"net1","node":"n1"}}',
    want: [{ key: "fd00::a", record: { pod: "a/b", podUid: "u", nic: "net1", node: "n1" } }],
  },
  {
    name: "members that nobody knows",
    text: '{"10.0.0.1":{"pod":"a/b","podUid":"u","later":{"x":[1,"é"]}}}',
    want: [{ key: "10.0.0.1", record: { pod: "a/b", podUid: "u", later: { x: [1, "é"] } } }],
  },
  {
    name: "another spelling of the address, as the canonical one",
    text: '{"FD00:0::A":{"pod":"a/b","podUid":"u"}}',
    want: [{ key: "fd00::a", record: { pod: "a/b", podUid: "u" } }],
  },
  { name: "white space", text: " { } \n", want: [] },
];
for (const { name, text, want } of good) {
  Deno.test(`parseRecordEntries() reads ${name}`, () => {
    assert.deepEqual(parseRecordEntries(text).map(({ key, record }) => ({ key, record })), want);
  });
}

const malformed = [
  { text: "", detail: /JSON/ },
  { text: '{"10.0.0.1":', detail: /JSON/ },
  { text: "null", detail: /not a JSON object/ },
  { text: "[]", detail: /not a JSON object/ },
  { text: '"x"', detail: /not a JSON object/ },
];
for (const { text, detail } of malformed) {
  Deno.test(`parseRecordEntries() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseRecordEntries(text), (err) => {
      assert.ok(err instanceof MalformedRecordsError);
      assert.match(err.detail, detail);
      assert.match(err.message, /^Cannot read status\.allocatedIPs: /);
      return true;
    });
  });
}

const odd = [
  { name: "a key that is no address", text: '{"x":{"pod":"a/b","podUid":"u"}}', want: ["x no-address a/b u"] },
  { name: "nothing", text: '{"10.0.0.1":null}', want: ["10.0.0.1 unreadable  "] },
  { name: "a list", text: '{"10.0.0.1":["pod"]}', want: ["10.0.0.1 unreadable  "] },
  { name: "no UID", text: '{"10.0.0.1":{"pod":"a/b"}}', want: ["10.0.0.1 unreadable  "] },
  { name: "a number for a UID", text: '{"10.0.0.1":{"pod":"a/b","podUid":7}}', want: ["10.0.0.1 unreadable  "] },
  { name: "no record and no address", text: '{"":false}', want: [" unreadable  "] },
  {
    name: "one address in three spellings",
    text: '{"FD00::1":{"pod":"a/b","podUid":"u"},"fd00::1":{"pod":"c/d","podUid":"v"},"fd00:0::1":7}',
    want: ["FD00::1 double a/b u", "fd00::1 well c/d v", "fd00:0::1 unreadable  "],
  },
  {
    name: "one address in two spellings, none of them canonical",
    text: '{"FD00::1":{"pod":"a/b","podUid":"u"},"fd00:0::1":{"pod":"c/d","podUid":"v"}}',
    want: ["fd00::1 well a/b u", "fd00:0::1 double c/d v"],
  },
];
for (const { name, text, want } of odd) {
  Deno.test(`parseRecordEntries() keeps what nobody can make sense of: ${name}`, () => {
    const entries = parseRecordEntries(text);
    const said = entries.map(({ key, oddity = "well", record: { pod, podUid } }) =>
      `${key} ${oddity} ${pod} ${podUid}`
    );
    assert.deepEqual(said, want);
    const values = Object.values(JSON.parse(text));
    const kept = JSON.parse(`{${entries.map(({ text }) => text).join(",")}}`);
    assert.deepEqual(Object.values(kept), values);
  });
}

const entries = [
  { name: "plain", key: "10.0.0.1", record: { pod: "a/b", podUid: "u" } },
  { name: "pod before podUid before the rest", key: "fd00::1", record: { nic: "net1", podUid: "u", pod: "a/b" } },
  { name: "quotes and backslashes", key: 'no "address" \\', record: { pod: 'a/"b"', podUid: "\\" } },
  { name: "beyond ASCII", key: "адрес \u{1f577}", record: { pod: "ns/\u0001\n", podUid: "\ud800" } },
];
for (const { name, key, record } of entries) {
  Deno.test(`recordEntry() counts the bytes that the text takes in a JSON string: ${name}`, () => {
    const { text, bytes } = recordEntry(key, record);
    assert.equal(bytes, new TextEncoder().encode(JSON.stringify(`${text},`)).length - 2);
    assert.match(text, /^".*":\{"pod":".*","podUid":".*"/);
    assert.deepEqual(JSON.parse(`{${text}}`), { [key]: record });
  });
}

Deno.test("recordEntry() keeps a key that is no address", () => {
  const { key, address } = recordEntry("bogus", { pod: "a/b", podUid: "u" });
  assert.deepEqual({ key, address }, { key: "bogus", address: undefined });
});

Deno.test("nicOfRecord() is eth0 where the record names none", () => {
  assert.equal(nicOfRecord({ pod: "a/b", podUid: "u" }), "eth0");
  assert.equal(nicOfRecord({ pod: "a/b", podUid: "u", nic: "net1" }), "net1");
});
