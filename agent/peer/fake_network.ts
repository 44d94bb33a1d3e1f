/** A network between agents in memory that does what a test tells it. */
import type { Clock } from "../../net/base/clock.ts";
import type { PeerCommitter } from "./committer.ts";
import {
  type Peer,
  type PeerAnswer,
  type PeerExchange,
  type PeerMessage,
  type PeerReply,
  replyOf,
} from "./contract.ts";

/** Handles one message in the place of a peer, or around it. */
export type Hop = (message: PeerMessage, next: () => Promise<PeerAnswer>) => Promise<PeerReply | PeerAnswer>;

/** Nobody listens. */
export const refusesConnection: Hop = () => Promise.resolve({ kind: "refused", reason: "connection refused" });
/** The message is lost; nobody will ever see it. */
export const losesMessage: Hop = () => new Promise(() => {});
/** The message is worked on, its answer is lost, and so is the connection. */
export const losesReply: Hop = async (_message, next) => {
  await next();
  return { kind: "unknown", reason: "connection reset" };
};
/** The connection breaks at once; the message is delivered when `gate` resolves. */
export function breaksAndDelivers(gate: Promise<unknown>): Hop {
  return (_message, next) => {
    void gate.then(next);
    return Promise.resolve({ kind: "unknown", reason: "connection reset" });
  };
}
/** Something else answers. */
export function answers(status: number, body = ""): Hop {
  return () => Promise.resolve({ status, body });
}
/** The message is delivered when `gate` resolves, however late that is. */
export function deliversAfter(gate: Promise<unknown>): Hop {
  return async (_message, next) => {
    await gate;
    return await next();
  };
}

/** The message comes a second time, at once or so long after the answer of the first, which is the one that arrives. */
export function repeats(clock: Clock, afterMs: number | undefined): Hop {
  return async (_message, next) => {
    const first = next();
    if (afterMs === undefined) void next();
    const answer = await first;
    if (afterMs !== undefined) void clock.sleep(afterMs).then(next);
    return answer;
  };
}

/** The network: who answers under which address, and what happens on the way there. */
export class FakeNetwork {
  readonly committers = new Map<string, PeerCommitter>();
  /** Whether a peer hears that a caller waits no more. */
  tellsHangUp = false;
  /** All messages that were sent, as `from to operation`. */
  readonly sent: string[] = [];
  readonly #clock: Clock;
  readonly #hops = new Map<string, Hop[]>();
  readonly #always = new Map<string, Hop>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What happens to the next commits to `node`, one each. */
  next(node: string, ...hops: readonly Hop[]): void {
    this.#hops.set(node, [...this.#hops.get(node) ?? [], ...hops]);
  }

  /** What happens to all messages to `node` from now on; `undefined`: they arrive. */
  always(node: string, hop: Hop | undefined): void {
    if (hop === undefined) this.#always.delete(node);
    else this.#always.set(node, hop);
  }

  /** The way from one agent to the others. */
  exchangeOf(from: string): PeerExchange {
    return { send: (peer, message, { timeoutMs }) => this.#send({ from, peer, message, timeoutMs }) };
  }

  async #send(
    { from, peer, message, timeoutMs }: { from: string; peer: Peer; message: PeerMessage; timeoutMs: number },
  ): Promise<PeerReply> {
    this.sent.push(`${from} ${peer.node} ${message.operation}`);
    const caller = new AbortController();
    const work = () => this.committers.get(peer.address)!.handle(message, caller.signal);
    const hop = this.#always.get(peer.node) ??
      (message.operation === "commit" ? this.#hops.get(peer.node)?.shift() : undefined);
    await Promise.resolve(); // no answer comes at once
    const arrived = hop === undefined ? work() : hop(message, work);
    const done = new AbortController();
    const late = this.#clock.sleep(timeoutMs, done.signal).then(() => "late" as const, () => "late" as const);
    const first = await Promise.race([arrived, late]);
    done.abort();
    if (first !== "late") return "kind" in first ? first : replyOf(first);
    if (this.tellsHangUp) caller.abort(new Error("the caller hung up"));
    return { kind: "unknown", reason: "no answer in time", isSilent: true };
  }
}
