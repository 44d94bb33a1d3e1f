import {
  type Peer,
  type PeerCommitter,
  type PeerDirectory,
  type PeerExchange,
  type PeerMessage,
  type PeerReply,
} from "../../agent/peer/mod.ts";
import { replyOf } from "../../agent/peer/mod.ts";
import type { Drag } from "./drag.ts";
import type { FateBook } from "./fate_book.ts";
import { drawPeerFate, type FaultRates, type Journey } from "./faults.ts";
import type { KeyedDice } from "./keyed_dice.ts";
import { type Partitions, peersName } from "./partitions.ts";
import type { Process } from "./process.ts";
import type { SimClock } from "./sim_clock.ts";
import type { Trace } from "./trace.ts";

/** What a {@linkcode PeerNet} works with. */
export interface PeerNetDeps {
  readonly clock: SimClock;
  readonly dice: KeyedDice;
  readonly fates: FateBook;
  readonly partitions: Partitions;
  readonly drag: Drag;
  readonly trace: Trace;
  readonly rates: () => FaultRates;
  /** Nodes behind the same Service whose agents know nothing of peers. */
  readonly strangers: readonly string[];
}

/** One process that listens for peers. */
interface Listener {
  readonly process: Process;
  readonly committer: PeerCommitter;
}

/** One message on its way. */
interface Sending {
  readonly from: string;
  readonly to: string;
  readonly message: PeerMessage;
  /** Aborted when the sender waits no more; the peer may hear of it. */
  readonly hangUp: AbortSignal;
}

/** The network between agents, and what each of them knows of the others: late, and not the same everywhere. */
export class PeerNet {
  readonly #deps: PeerNetDeps;
  readonly #listeners = new Map<string, Listener>();
  /** Nodes whose agents are ready, as the API server has them. */
  readonly #ready = new Set<string>();
  /** What each agent knows. */
  readonly #views = new Map<string, readonly Peer[]>();

  constructor(deps: PeerNetDeps) {
    this.#deps = deps;
  }

  /** From now on messages to `node` reach this process. */
  listen(node: string, listener: Listener): void {
    this.#listeners.set(node, listener);
  }

  /** Says whether `node` is ready; everybody hears of it some time later. */
  setReady(node: string, isReady: boolean): void {
    if (isReady) this.#ready.add(node);
    else this.#ready.delete(node);
    for (const observer of this.#views.keys()) void this.#tell(observer);
  }

  /** What the agent on `self` knows of the others. */
  directoryOf(self: string): PeerDirectory {
    this.#views.set(self, this.#current());
    return { self, live: () => this.#views.get(self) ?? [] };
  }

  /** The way from the agent on `from` to the others. */
  exchangeOf(from: string): PeerExchange {
    return { send: (peer, message, { timeoutMs }) => this.#send({ from, to: peer.node, message, timeoutMs }) };
  }

  async #tell(observer: string): Promise<void> {
    const { clock, dice } = this.#deps;
    const lag = dice.next(`${observer} hears of peers`);
    await clock.sleep(lag.chance(0.3) ? lag.between(500, 15_000) : lag.exponential(50));
    this.#views.set(observer, this.#current());
  }

  #current(): readonly Peer[] {
    const nodes = [...this.#ready, ...this.#deps.strangers].sort();
    return nodes.map((node) => ({ node, address: node, certificate: "" }));
  }

  async #send(
    { from, to, message, timeoutMs }: Omit<Sending, "hangUp"> & { readonly timeoutMs: number },
  ): Promise<PeerReply> {
    const { clock, fates, rates } = this.#deps;
    const name = `${from} ${message.operation} to ${to}`;
    const journey = fates.journey(name, { rates: rates(), isWrite: true, draw: drawPeerFate });
    const [caller, done] = [new AbortController(), new AbortController()];
    const late = clock.sleep(timeoutMs, done.signal).then(() => silent, () => unknown("done"));
    const carried = this.#carry({ from, to, message, hangUp: caller.signal }, journey);
    const reply = await Promise.race([carried, late]);
    done.abort(over);
    // The connection is closed: the peer hears of it some time later, or never.
    if (journey.downMs < 5) clock.sleep(journey.downMs).then(() => caller.abort(new Error("the caller hung up")));
    return reply;
  }

  async #carry(sending: Sending, { fate, upMs, downMs }: Journey): Promise<PeerReply> {
    const { clock, trace } = this.#deps;
    const { from, to, message } = sending;
    const what = `${message.operation} to ${to}`;
    if (fate.kind !== "served") trace.add(from, `✗ ${fate.kind}: ${what}`);
    await clock.sleep(upMs);
    if (this.#isCut(sending)) return upMs < downMs ? unknown("the network is cut") : await new Promise(() => undefined);
    switch (fate.kind) {
      case "refused":
        return { kind: "refused", reason: "connection refused" };
      case "late":
        void this.#deliverLater(sending, fate.lateMs);
        return unknown("the connection broke");
      case "silent":
        await this.#deliverLater(sending, fate.lateMs);
        return await new Promise(() => undefined);
      case "status":
        if (fate.isDone) await this.#deliver(sending);
        return replyOf({ status: fate.status === 409 ? 503 : fate.status, body: "" });
      case "answer-lost":
        await this.#deliver(sending);
        return unknown("the connection broke");
      case "twice":
        void this.#deliverLater(sending, fate.lateMs);
    }
    const reply = await this.#deliver(sending);
    await clock.sleep(downMs);
    return this.#isCut(sending) ? await new Promise(() => undefined) : reply;
  }

  async #deliverLater(sending: Sending, ms: number): Promise<void> {
    const { clock, trace } = this.#deps;
    await clock.sleep(ms);
    trace.add(sending.from, `✗ arrives late: ${sending.message.operation} at ${sending.to}`);
    // Nobody tells a message that comes late that its sender has gone.
    if (!this.#isCut(sending)) await this.#deliver({ ...sending, hangUp: new AbortController().signal });
  }

  async #deliver({ to, message, hangUp }: Sending): Promise<PeerReply> {
    if (this.#deps.strangers.includes(to)) return replyOf({ status: 404, body: "404 page not found" });
    const listener = this.#listeners.get(to);
    if (listener === undefined || !listener.process.isAlive) return { kind: "refused", reason: "connection refused" };
    const { process } = listener;
    try {
      return replyOf(
        await Promise.race([process.guard(this.#handle(listener, { to, message, hangUp })), process.ended]),
      );
    } catch {
      return unknown("the peer died");
    }
  }

  /** A slow agent looks at a message late, and is late with its answer, as with all it does. */
  async #handle({ committer }: Listener, { to, message, hangUp }: Omit<Sending, "from">) {
    const { clock, drag } = this.#deps;
    if (drag.of(to) > 0) await clock.sleep(drag.of(to));
    const answer = await committer.handle(message, hangUp);
    if (drag.of(to) > 0) await clock.sleep(drag.of(to));
    return answer;
  }

  #isCut({ from, to }: Sending): boolean {
    const { partitions } = this.#deps;
    return partitions.isCut(peersName(from)) || partitions.isCut(peersName(to));
  }
}

/** Why nobody waits for an answer any more. */
const over = new Error("Cannot wait on: the peer has answered");

/** Nobody answered in time. */
const silent: PeerReply = { kind: "unknown", reason: "no answer in time", isSilent: true };

function unknown(reason: string): PeerReply {
  return { kind: "unknown", reason };
}
