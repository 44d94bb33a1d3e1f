import assert from "node:assert/strict";
import { fuzz, mutatedJsonText, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { CniError, parseNetConf } from "../cni/mod.ts";
import { validAttachmentsOf } from "./valid_attachments.ts";

function parse(text: string) {
  return validAttachmentsOf(parseNetConf(new TextEncoder().encode(text)));
}

const KEY = "cni.dev/valid-attachments";
const c1 = { containerID: "c1", ifname: "eth0" };
const many = (count: number) => Array.from({ length: count }, (_, i) => ({ containerID: `c${i}`, ifname: "eth0" }));

const good: { name: string; conf: unknown; want: string[] }[] = [
  { name: "an empty list", conf: { [KEY]: [] }, want: [] },
  { name: "null, the empty list of Go", conf: { [KEY]: null }, want: [] },
  { name: "some", conf: { [KEY]: [c1, { ...c1, ifname: "net1" }] }, want: ["c1/eth0", "c1/net1"] },
  { name: "the older key", conf: { "cni.dev/attachments": [c1] }, want: ["c1/eth0"] },
  {
    name: "both keys, which differ",
    conf: { [KEY]: [c1], "cni.dev/attachments": [c1, { containerID: "c2", ifname: "eth0" }] },
    want: ["c1/eth0", "c2/eth0"],
  },
  {
    name: "keys in odd case",
    conf: { "CNI.dev/Valid-Attachments": [{ ContainerId: "c1", IfName: "eth0" }] },
    want: ["c1/eth0"],
  },
];
for (const { name, conf, want } of good) {
  Deno.test(`validAttachmentsOf() reads ${name}`, () => {
    const found = parse(JSON.stringify({ name: "lan", ...conf as object }));
    assert.deepEqual(found?.map(({ containerID, ifName }) => `${containerID}/${ifName}`), want);
  });
}

Deno.test("validAttachmentsOf() tells when a runtime gave no list: nothing may be concluded from that", () => {
  assert.equal(parse('{"name":"lan"}'), undefined);
});

const bad: { name: string; conf: unknown; message: RegExp }[] = [
  { name: "a text", conf: { [KEY]: "c1" }, message: /cannot unmarshal string/ },
  { name: "an object", conf: { [KEY]: { c1: "eth0" } }, message: /cannot unmarshal object/ },
  { name: "a list of texts", conf: { [KEY]: ["c1"] }, message: /cannot unmarshal string/ },
  { name: "null in the list", conf: { [KEY]: [c1, null] }, message: /attachment 1 has no containerID/ },
  { name: "no interface", conf: { [KEY]: [{ containerID: "c1" }] }, message: /attachment 0 has no ifname/ },
  {
    name: "an empty container ID",
    conf: { [KEY]: [{ ...c1, containerID: "" }] },
    message: /attachment 0 has no containerID/,
  },
  { name: "far too many", conf: { [KEY]: many(10_001) }, message: /10001 valid attachments are more than 10000/ },
];
for (const { name, conf, message } of bad) {
  Deno.test(`validAttachmentsOf() refuses ${name} with code 7`, () => {
    assert.throws(() => parse(JSON.stringify({ name: "lan", ...conf as object })), { code: 7, message });
  });
}

Deno.test("validAttachmentsOf() counts an attachment once, however often it is named", () => {
  const list = [...many(10_000), ...many(10_000)];
  assert.equal(parse(JSON.stringify({ name: "lan", [KEY]: list, "cni.dev/attachments": list }))?.length, 10_000);
});

Deno.test("fuzz: every valid attachment has both parts, or the list is refused with a CniError", async () => {
  const conf = { cniVersion: "1.1.0", name: "lan", [KEY]: [c1, { containerID: "c2", ifname: "net1" }] };
  await fuzz((random) => mutatedJsonText(random, [conf]), (text) => {
    const found = returnsOrThrows(() => parse(text), [CniError]);
    for (const { containerID, ifName } of found ?? []) assert.ok(containerID.length > 0 && ifName.length > 0);
  });
});
