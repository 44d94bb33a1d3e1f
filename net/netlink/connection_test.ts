import assert from "node:assert/strict";
import { NLM_F, NLMSG, RTM } from "../uapi/mod.ts";
import type { Message } from "../wire/mod.ts";
import { Connection } from "./connection.ts";
import { DumpInterruptedError, NetlinkError } from "./error.ts";
import { fakeAck, fakeDone, type FakeKernel, type FakeReply, fakeTransport } from "./fake_netlink.ts";

const request = { type: RTM.GETLINK, payload: Uint8Array.of(1, 2, 3, 4) };
const operation = { operation: "list links", target: "" };

function connect(kernel: FakeKernel, dumpAttempts?: number): Connection {
  return new Connection(fakeTransport(kernel), dumpAttempts === undefined ? {} : { dumpAttempts });
}

function part(value: number, extra: Partial<Message> = {}): FakeReply {
  return { type: RTM.NEWLINK, flags: NLM_F.MULTI, payload: Uint8Array.of(value, 0, 0, 0), ...extra };
}

function values(messages: readonly Message[]): (number | undefined)[] {
  return messages.map(({ payload }) => payload[0]);
}

Deno.test("execute() sends REQUEST and ACK, and takes the acknowledgement", () => {
  const seen: Message[] = [];
  using connection = connect((message) => {
    seen.push(message);
    return [[fakeAck(message)]];
  });
  assert.deepEqual(connection.execute({ ...request, flags: NLM_F.CREATE }, operation), []);
  const flags = NLM_F.REQUEST | NLM_F.ACK | NLM_F.CREATE;
  assert.deepEqual(seen, [{ type: RTM.GETLINK, flags, sequence: 1, port: 0, payload: request.payload }]);
});

Deno.test("execute() gives the answer that comes before the acknowledgement", () => {
  using connection = connect((message) => [[part(7, { flags: 0 })], [fakeAck(message)]]);
  assert.deepEqual(values(connection.execute(request, operation)), [7]);
});

Deno.test("execute() throws what the kernel says", () => {
  using connection = connect((message) => [[fakeAck(message, { errno: 17, kernelMessage: "It is there" })]]);
  assert.throws(() => connection.execute(request, { operation: "create link", target: '"a"' }), {
    name: "NetlinkError",
    message: 'Cannot create link "a": EEXIST (It is there)',
    operation: "create link",
    target: '"a"',
    errno: 17,
    code: "EEXIST",
    kernelMessage: "It is there",
  });
});

Deno.test("execute() drops replies to others", () => {
  using connection = connect((message) => [
    [part(1, { sequence: message.sequence + 1 }), part(2, { port: 1 })],
    [{ ...fakeAck(message, { errno: 1 }), sequence: 99 }],
    [part(3, { flags: 0 }), fakeAck(message)],
  ]);
  assert.deepEqual(values(connection.execute(request, operation)), [3]);
});

Deno.test("execute() numbers requests, and is not confused by what an earlier one left", () => {
  const sequences: number[] = [];
  using connection = connect((message) => {
    sequences.push(message.sequence);
    return [[fakeAck(message), part(9)]]; // the part after the end belongs to nobody
  });
  connection.execute(request, operation);
  assert.deepEqual(connection.execute(request, operation), []);
  assert.deepEqual(sequences, [1, 2]);
});

Deno.test("dump() joins the parts of all datagrams up to DONE", () => {
  using connection = connect(() => [[part(1), part(2)], [part(3)], [fakeDone()]]);
  assert.deepEqual(values(connection.dump(request, operation)), [1, 2, 3]);
});

Deno.test("dump() leaves no-operation messages out", () => {
  using connection = connect(() => [[{ type: NLMSG.NOOP, payload: new Uint8Array(0) }, part(1), fakeDone()]]);
  assert.deepEqual(values(connection.dump(request, operation)), [1]);
});

const interruptions = [
  { name: "in a part", reply: [part(1, { flags: NLM_F.MULTI | NLM_F.DUMP_INTR }), fakeDone()] },
  { name: "at the end", reply: [part(1), fakeDone({ flags: NLM_F.DUMP_INTR })] },
];
for (const { name, reply } of interruptions) {
  Deno.test(`dump() asks again after an interruption ${name}`, () => {
    let asked = 0;
    using connection = connect(() => ++asked < 3 ? [reply] : [[part(1), part(2), fakeDone()]]);
    assert.deepEqual(values(connection.dump(request, operation)), [1, 2]);
    assert.equal(asked, 3);
  });

  Deno.test(`dump() gives up when it is interrupted ${name} each time, never a short list`, () => {
    let asked = 0;
    using connection = connect(() => {
      asked++;
      return [reply];
    }, 4);
    assert.throws(() => connection.dump(request, operation), (error) => {
      assert.ok(error instanceof DumpInterruptedError);
      assert.equal(error.message, "Cannot list links: the list changed during each of 4 attempts");
      return error.attempts === 4 && asked === 4;
    });
  });
}

Deno.test("dump() throws when the list breaks off with an error", () => {
  using connection = connect(() => [[part(1)], [fakeDone({ errno: 12 })]]);
  assert.throws(() => connection.dump(request, operation), { name: "NetlinkError", code: "ENOMEM" });
});

Deno.test("dump() throws when the kernel refuses it", () => {
  using connection = connect((message) => [[fakeAck(message, { errno: 95, kernelMessage: "No such filter" })]]);
  assert.throws(() => connection.dump(request, operation), NetlinkError);
});

Deno.test("dump() throws for bytes that make no sense", () => {
  using connection = connect(() => [[{ type: NLMSG.ERROR, payload: Uint8Array.of(1) }]]);
  assert.throws(() => connection.dump(request, operation), { name: "WireError" });
});

Deno.test("dump() fails when the kernel falls silent", () => {
  using connection = connect(() => [[part(1)]]);
  assert.throws(() => connection.dump(request, operation), /no reply is left/);
});
