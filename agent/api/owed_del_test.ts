import assert from "node:assert/strict";
import { decodeOwed, encodeOwed, MAX_OWED_BYTES, owedFolderOf, owedNameOf } from "./owed_del.ts";

const args = { containerID: "c1", ifName: "eth0", podNamespace: "ns1", podName: "p", podUID: "u1" };

const names: { of: string; containerID: string; ifName: string; name: string }[] = [
  { of: "an ordinary attachment", containerID: "0af3", ifName: "eth0", name: "0af3@eth0.json" },
  { of: "a traversal", containerID: "../../etc/passwd", ifName: "..", name: "..%2F..%2Fetc%2Fpasswd@...json" },
  { of: "a slash alone", containerID: "/", ifName: "/", name: "%2F@%2F.json" },
  { of: "the separator", containerID: "a@b", ifName: "c", name: "a%40b@c.json" },
  { of: "half a character", containerID: "\ud800", ifName: "x\0", name: "%EF%BF%BD@x%00.json" },
];
for (const { of, name, ...attachment } of names) {
  Deno.test(`owedNameOf() keeps ${of} inside the folder`, () => assert.equal(owedNameOf(attachment), name));
}

Deno.test("owedNameOf() refuses what no file can be called", () => {
  assert.throws(() => owedNameOf({ containerID: "c".repeat(201), ifName: "eth0" }), RangeError);
});

Deno.test("owedFolderOf() is beside the socket", () => {
  assert.equal(owedFolderOf("/var/run/spidernet/spiderpool.sock"), "/var/run/spidernet/owed-dels");
  assert.equal(owedFolderOf("agent.sock"), "./owed-dels");
});

for (const podUID of ["u1", ""]) {
  Deno.test(`decodeOwed() reads what encodeOwed() wrote, with UID "${podUID}"`, () => {
    const text = new TextEncoder().encode(encodeOwed({ ...args, podUID }));
    assert.deepEqual({ ...decodeOwed(text) }, { ...args, podUID });
  });
}

const broken: { what: string; text: string }[] = [
  { what: "nothing", text: "" },
  { what: "a cut note", text: encodeOwed(args).slice(0, 40) },
  { what: "another type", text: JSON.stringify({ ...args, podUID: 7 }) },
  { what: "no container", text: JSON.stringify({ ...args, containerID: undefined }) },
  { what: "an empty Pod name", text: JSON.stringify({ ...args, podName: "" }) },
  { what: "a list", text: "[]" },
  { what: "too much", text: encodeOwed(args) + " ".repeat(MAX_OWED_BYTES) },
];
for (const { what, text } of broken) {
  Deno.test(`decodeOwed() refuses ${what}`, () => {
    assert.throws(() => decodeOwed(new TextEncoder().encode(text)), /Cannot|owedDel|required/);
  });
}

Deno.test("encodeOwed() refuses what decodeOwed() would", () => {
  assert.throws(() => encodeOwed({ ...args, podNamespace: "" }), /podNamespace must not be empty/);
  assert.throws(() => encodeOwed({ ...args, netNamespace: "n".repeat(MAX_OWED_BYTES) }), RangeError);
});
