import assert from "node:assert/strict";
import { readHexFixture } from "../../tests/shared/hex_fixture.ts";
import { decodeDone, decodeError } from "./ack.ts";
import { WireError } from "./error.ts";
import { decodeMessages, encodeMessage, messageHeader } from "./message.ts";
import { joinBytes } from "./codec.ts";

const first = { type: 16, flags: 2, sequence: 7, port: 99, payload: Uint8Array.of(1, 2, 3) };
const second = { type: 3, flags: 2, sequence: 7, port: 99, payload: new Uint8Array(0) };

Deno.test("encodeMessage() pads, the length tells the payload's", () => {
  const bytes = encodeMessage(first);
  assert.equal(bytes.length, 20);
  assert.equal(messageHeader.decode(bytes.subarray(0, 16), { what: "header", offset: 0 }).length, 19);
});

Deno.test("decodeMessages() gives all messages of a datagram", () => {
  assert.deepEqual(decodeMessages(joinBytes([encodeMessage(first), encodeMessage(second)])), [first, second]);
  assert.deepEqual(decodeMessages(new Uint8Array(0)), []);
});

Deno.test("decodeMessages() copies payloads", () => {
  const datagram = encodeMessage(first);
  const [message] = decodeMessages(datagram);
  datagram.fill(0);
  assert.deepEqual(message, first);
});

Deno.test("decodeMessages() refuses impossible lengths", () => {
  for (const length of [0, 15, 21, 0xffff_ffff]) {
    const { payload: _, ...header } = first;
    const bytes = joinBytes([messageHeader.encode({ length, ...header }), new Uint8Array(4)]);
    assert.throws(() => decodeMessages(bytes), WireError);
  }
});

Deno.test("decodeMessages() throws WireError for every cut", () => {
  const datagram = joinBytes([encodeMessage(first), encodeMessage(first)]);
  for (let length = 1; length < datagram.length; length++) {
    if (length === 19 || length === 20 || length === 39) continue; // whole messages, a last one without its padding
    assert.throws(() => decodeMessages(datagram.subarray(0, length)), WireError, `cut at ${length}`);
  }
});

Deno.test("decodeError() reads the kernel's refusal with its words", () => {
  const [message] = decodeMessages(readHexFixture("netlink/ack_refused"));
  assert.ok(message !== undefined);
  assert.deepEqual(decodeError(message), { errno: 101, kernelMessage: "Nexthop has invalid gateway" });
});

Deno.test("decodeError() reads success", () => {
  const [message] = decodeMessages(readHexFixture("netlink/ack_success"));
  assert.ok(message !== undefined);
  assert.deepEqual(decodeError(message), { errno: 0 });
});

Deno.test("decodeDone() reads the end of a list", () => {
  const [message] = decodeMessages(readHexFixture("netlink/done"));
  assert.ok(message !== undefined);
  assert.deepEqual(decodeDone(message), { errno: 0 });
  assert.deepEqual(decodeDone({ ...message, payload: new Uint8Array(0) }), { errno: 0 });
});

Deno.test("decodeError() skips the request where it is echoed whole", () => {
  const [capped] = decodeMessages(readHexFixture("netlink/ack_refused"));
  assert.ok(capped !== undefined);
  // Without NLM_F_CAPPED (0x100) the request's payload, of the length its header tells (0x2c), stands before the words.
  const request = new Uint8Array(0x2c - 16).fill(0xee);
  const payload = joinBytes([capped.payload.subarray(0, 20), request, capped.payload.subarray(20)]);
  const whole = { ...capped, flags: capped.flags & ~0x100, payload };
  assert.deepEqual(decodeError(whole), { errno: 101, kernelMessage: "Nexthop has invalid gateway" });
});

Deno.test("decodeError() throws WireError, or gives the errno, for every cut", () => {
  const [message] = decodeMessages(readHexFixture("netlink/ack_refused"));
  assert.ok(message !== undefined);
  for (let length = 0; length < message.payload.length; length++) {
    try {
      assert.equal(decodeError({ ...message, payload: message.payload.slice(0, length) }).errno, 101);
    } catch (error) {
      assert.ok(error instanceof WireError, `cut at ${length}: ${error}`);
    }
  }
});
