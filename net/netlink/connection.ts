import { NLM_F, NLMSG } from "../uapi/mod.ts";
import {
  type Ack,
  type Bytes,
  decodeDone,
  decodeError,
  decodeMessages,
  encodeMessage,
  type Message,
} from "../wire/mod.ts";
import { DumpInterruptedError, NetlinkError, type Operation } from "./error.ts";
import type { Transport } from "./transport.ts";

/** A request without what the connection fills in. */
export interface Request {
  /** One of `RTM`. */
  readonly type: number;
  /** Flags of `NLM_F` beside REQUEST, ACK and DUMP. */
  readonly flags?: number;
  readonly payload: Bytes;
}

/** Settings of a {@linkcode Connection}. */
export interface ConnectionOptions {
  /**
   * How often a list is asked for while it keeps changing under way.
   *
   * @default {10}
   */
  readonly dumpAttempts?: number;
}

interface Outcome {
  readonly messages: readonly Message[];
  readonly ack: Ack;
  /** The kernel marked a part of the list as possibly incomplete. */
  readonly interrupted: boolean;
}

/**
 * Requests and their replies over a {@linkcode Transport}. Replies are matched by sequence number and port; what belongs
 * to an earlier, abandoned request is dropped.
 */
export class Connection implements Disposable {
  readonly #transport: Transport;
  readonly #dumpAttempts: number;
  #sequence = 0;

  constructor(transport: Transport, { dumpAttempts = 10 }: ConnectionOptions = {}) {
    this.#transport = transport;
    this.#dumpAttempts = dumpAttempts;
  }

  /**
   * Sends a request and waits for its acknowledgement.
   *
   * @returns messages that came before it: the answer of a get request, else none
   * @throws {NetlinkError} if the kernel refuses
   * @throws {WireError} if the kernel's bytes make no sense
   */
  execute(request: Request, operation: Operation): readonly Message[] {
    const { messages, ack } = this.#exchange(request, NLM_F.ACK);
    if (ack.errno !== 0) throw new NetlinkError(operation, ack);
    return messages;
  }

  /**
   * Asks for a list. One that changed while it was sent is asked for again, so it is never short.
   *
   * @throws {NetlinkError} if the kernel refuses
   * @throws {DumpInterruptedError} if it kept changing
   * @throws {WireError} if the kernel's bytes make no sense
   */
  dump(request: Request, operation: Operation): readonly Message[] {
    for (let attempt = 0; attempt < this.#dumpAttempts; attempt++) {
      const { messages, ack, interrupted } = this.#exchange(request, NLM_F.DUMP);
      if (ack.errno !== 0) throw new NetlinkError(operation, ack);
      if (!interrupted) return messages;
    }
    throw new DumpInterruptedError(operation, this.#dumpAttempts);
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }

  // Everything up to the end is read before anything is judged: an error half way must not leave replies behind.
  #exchange({ type, flags = 0, payload }: Request, kind: number): Outcome {
    const sequence = this.#nextSequence();
    const port = this.#transport.port;
    this.#transport.send(encodeMessage({ type, flags: flags | NLM_F.REQUEST | kind, sequence, port: 0, payload }));
    const messages: Message[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of decodeMessages(this.#transport.receive())) {
        if (message.sequence !== sequence || message.port !== port) continue;
        interrupted ||= (message.flags & NLM_F.DUMP_INTR) !== 0;
        const ack = endOf(message);
        if (ack !== undefined) return { messages, ack, interrupted };
        if (message.type >= NLMSG.MIN_TYPE) messages.push(message);
      }
    }
  }

  #nextSequence(): number {
    this.#sequence = this.#sequence === 0xffff_ffff ? 1 : this.#sequence + 1;
    return this.#sequence;
  }
}

/** What `message` says about the end of the exchange, `undefined` if it is not the end. */
function endOf(message: Message): Ack | undefined {
  if (message.type === NLMSG.ERROR) return decodeError(message);
  return message.type === NLMSG.DONE ? decodeDone(message) : undefined;
}
