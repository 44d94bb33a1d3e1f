import assert from "node:assert/strict";
import { type Attachments, attachmentsAfter, attachmentsOf, formatAttachments } from "./attachments.ts";
import { equalJson } from "./equal.ts";
import { formatHistory, historyOf } from "./history.ts";

for (
  const { text, want } of [
    { text: undefined, want: {} },
    { text: "not JSON", want: {} },
    { text: "[]", want: {} },
    { text: '{"__proto__":{"containerId":"c"}}', want: JSON.parse('{"__proto__":{"containerId":"c"}}') },
    {
      text: '{"eth0":{"containerId":1},"net1":null,"net2":{"containerId":"c","x":1}}',
      want: { net2: { containerId: "c" } },
    },
    {
      text: '{"eth0":{"containerId":"c","former":["a",1,"b"]},"net1":{"containerId":"c","former":"a"}}',
      want: { eth0: { containerId: "c", former: ["a", "b"] }, net1: { containerId: "c" } },
    },
    { text: '{"eth0":{"containerId":"c","network":"n"}}', want: { eth0: { containerId: "c", network: "n" } } },
  ]
) {
  Deno.test(`attachmentsOf() reads: ${text}`, () => assert.deepEqual(attachmentsOf(text), want));
}

Deno.test("formatAttachments() orders NICs by name", () => {
  const attachments = { net1: { containerId: "b" }, eth0: { containerId: "a", network: "n" } };
  const text = formatAttachments(attachments);
  assert.equal(text, '{"eth0":{"containerId":"a","network":"n"},"net1":{"containerId":"b"}}');
  assert.deepEqual(attachmentsOf(text), attachments);
});

const c2 = { containerId: "c2", former: ["c1"] };
const many = ["1", "2", "3", "4", "5", "6", "7", "8"];
const afterwards: { name: string; before: Attachments; asked: Attachments; want: Attachments }[] = [
  { name: "the first", before: {}, asked: { eth0: { containerId: "c1" } }, want: { eth0: { containerId: "c1" } } },
  {
    name: "the same again",
    before: { eth0: c2, net1: c2 },
    asked: { eth0: { containerId: "c2" } },
    want: { eth0: c2 },
  },
  {
    name: "a newer one",
    before: { eth0: { containerId: "c1" } },
    asked: { eth0: { containerId: "c2" }, net1: { containerId: "c2", undecided: true } },
    want: { eth0: c2, net1: { ...c2, undecided: true } },
  },
  {
    name: "a newer one that knows of others",
    before: { eth0: c2 },
    asked: { eth0: { containerId: "c3", former: ["c0", "c1"] } },
    want: { eth0: { containerId: "c3", former: ["c1", "c2", "c0"] } },
  },
  {
    name: "an older one, for a NIC of its own",
    before: { eth0: { ...c2, runtimeUid: "r", undecided: true } },
    asked: { eth0: { containerId: "c1" }, net1: { containerId: "c1", undecided: true } },
    want: { eth0: { ...c2, runtimeUid: "r" }, net1: { ...c2, runtimeUid: "r", undecided: true } },
  },
  {
    name: "an older one, of networks",
    before: { eth0: { ...c2, network: "a" } },
    asked: { eth0: { containerId: "c1", network: "a" }, net1: { containerId: "c1", network: "b" } },
    want: { eth0: { ...c2, network: "a" }, net1: { ...c2, network: "b" } },
  },
  {
    name: "an older one, whose NICs are of two networks",
    before: { eth0: { ...c2, network: "a" }, net1: { ...c2, network: "b" } },
    asked: { eth0: { containerId: "c1", network: "a" }, net1: { containerId: "c1", network: "b" } },
    want: { eth0: { ...c2, network: "a" }, net1: { ...c2, network: "b" } },
  },
  {
    name: "a newer one after more than are recorded",
    before: { eth0: { containerId: "9", former: many } },
    asked: { eth0: { containerId: "10" } },
    want: { eth0: { containerId: "10", former: [...many.slice(1), "9"] } },
  },
];
for (const { name, before, asked, want } of afterwards) {
  Deno.test(`attachmentsAfter() the ADD of: ${name}`, () => assert.deepEqual(attachmentsAfter(before, asked), want));
}

for (const text of [undefined, "x", "{}", "[1,null]", '[{"uid":"u"}]']) {
  Deno.test(`historyOf() drops what it cannot read: ${text}`, () => assert.deepEqual(historyOf(text), []));
}

Deno.test("formatHistory() is bounded in records and bytes, newest first", () => {
  const current = { uid: "u", node: "n".repeat(500), ips: [{ interface: "eth0", ipv4: "10.0.0.1/24", vlan: 3 }] };
  let text: string | undefined;
  for (let i = 0; i < 200; i++) {
    text = formatHistory(historyOf(text), { current: { ...current, uid: `u${i}` }, until: "t" }, 1000);
  }
  const records = historyOf(text);
  assert.ok(text !== undefined && text.length <= 64 * 1024 && text.length > 60 * 1024);
  assert.deepEqual(records[0], {
    uid: "u199",
    node: current.node,
    ips: [{ interface: "eth0", ipv4: "10.0.0.1/24" }],
    until: "t",
  });
  assert.equal(historyOf(formatHistory(records, { current, until: "t" }, 5)).length, 5);
  assert.equal(formatHistory([], { current, until: "t" }, 0), undefined);
});

for (
  const { a, b, want } of [
    { a: { x: 1, y: [1, { z: null }] }, b: { y: [1, { z: null }], x: 1 }, want: true },
    { a: { x: undefined }, b: {}, want: true },
    { a: { x: null }, b: {}, want: false },
    { a: [1, 2], b: [2, 1], want: false },
    { a: [], b: {}, want: false },
    { a: "1", b: 1, want: false },
  ]
) {
  Deno.test(`equalJson() compares: ${JSON.stringify(a)} ${JSON.stringify(b)}`, () =>
    assert.equal(equalJson(a, b), want));
}
