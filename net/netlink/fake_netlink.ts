import { NLM_F, NLMSG, NLMSGERR_ATTR } from "../uapi/mod.ts";
import {
  type Bytes,
  cString,
  decodeMessages,
  encodeAttribute,
  encodeMessage,
  i32,
  joinBytes,
  type Message,
  messageHeader,
} from "../wire/mod.ts";
import type { Transport } from "./transport.ts";

/** A message of the fake kernel; sequence and port are those of the request unless they are given. */
export type FakeReply = Pick<Message, "type" | "payload"> & Partial<Message>;

/** A kernel for tests: gets a request, gives the datagrams to answer with. */
export type FakeKernel = (request: Message) => readonly (readonly FakeReply[])[];

/**
 * A transport that ends in a function. No socket, no root.
 *
 * @throws {Error} from `receive` when the fake kernel has nothing more to say, where a socket would time out
 */
export function fakeTransport(kernel: FakeKernel): Transport {
  const port = 4711;
  const waiting: Bytes[] = [];
  let closed = false;
  return {
    port,
    send(datagram) {
      if (closed) throw new TypeError("Cannot use fake netlink: it was closed");
      for (const request of decodeMessages(datagram)) {
        const whole = { flags: 0, sequence: request.sequence, port };
        for (const replies of kernel(request)) {
          waiting.push(joinBytes(replies.map((reply) => encodeMessage({ ...whole, ...reply }))));
        }
      }
    },
    receive() {
      const datagram = waiting.shift();
      if (datagram === undefined) throw new Error("Cannot receive from fake netlink: no reply is left");
      return datagram;
    },
    [Symbol.dispose]() {
      closed = true;
    },
  };
}

/** An acknowledgement: `errno` 0 for success, with the kernel's words if `kernelMessage` is given. */
export function fakeAck(
  request: Message,
  { errno = 0, kernelMessage }: { errno?: number; kernelMessage?: string } = {},
): FakeReply {
  const length = messageHeader.size + request.payload.length;
  const { type, flags, sequence, port } = request;
  const words = kernelMessage === undefined
    ? []
    : [encodeAttribute(NLMSGERR_ATTR.MSG, cString(8192).encode(kernelMessage))];
  const header = messageHeader.encode({ length, type, flags, sequence, port });
  return {
    type: NLMSG.ERROR,
    flags: NLM_F.CAPPED | (words.length === 0 ? 0 : NLM_F.ACK_TLVS),
    payload: joinBytes([i32.encode(-errno), header, ...words]),
  };
}

/** The end of a list; `errno` other than 0 says it broke off. */
export function fakeDone({ errno = 0, flags = 0 }: { errno?: number; flags?: number } = {}): FakeReply {
  return { type: NLMSG.DONE, flags: flags | NLM_F.MULTI, payload: i32.encode(-errno) };
}
