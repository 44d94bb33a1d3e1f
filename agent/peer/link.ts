import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import type { Log } from "../../net/base/log.ts";
import { Breaker } from "./breaker.ts";
import { decodeClock } from "./commit_answer.ts";
import { CommitterTime } from "./committer_time.ts";
import type { Monotonic, Peer, PeerExchange, PeerMessage, PeerReply } from "./contract.ts";
import type { Lives } from "./lives.ts";
import { Patience } from "./patience.ts";
import { PeerFormatError } from "./wire.ts";

/** What a {@linkcode PeerLink} works with. */
export interface PeerLinkDeps {
  readonly exchange: PeerExchange;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly random: Random;
  readonly log: Log;
  /** How long a committer may work on a request at first, in milliseconds; longer when it lives and is late. */
  readonly timeoutMs: number;
  /** {@linkcode timeoutMs} as it is now. @default as it is given, always */
  readonly timeoutNow?: (() => number) | undefined;
  readonly lives: Pick<Lives, "allow">;
}

/** How long a committer may work on a request at first, now. */
export function timeoutOf({ timeoutMs, timeoutNow }: Pick<PeerLinkDeps, "timeoutMs" | "timeoutNow">): number {
  return timeoutNow?.() ?? timeoutMs;
}

/** A write that the peer has begun in time is waited for a little longer than it may begin one: so many times as long. */
export const WAIT = 1.5;

/** Why a sleep is cut short; made once, a DOMException for each message costs more. */
const settled = new Error("Cannot sleep on: the message is settled");

/** What is known of one peer: its clock, whether it answers, how long it takes. */
export class PeerLink {
  readonly peer: Peer;
  readonly time: CommitterTime;
  readonly breaker: Breaker;
  readonly #deps: PeerLinkDeps;
  readonly #patience: Patience;
  readonly #name = crypto.randomUUID();
  #messages = 0;
  #greeting: Promise<boolean> | undefined;
  /** When the peer last said anything. */
  #heardMs = -Infinity;

  constructor(peer: Peer, deps: PeerLinkDeps) {
    this.peer = peer;
    this.#deps = deps;
    this.#patience = new Patience(() => this.leastLifeMs);
    this.time = new CommitterTime(deps.monotonic);
    this.breaker = new Breaker(deps);
  }

  /** How long the peer may work on a request, in milliseconds. */
  get lifeMs(): number {
    return this.#deps.lives.allow(this.#patience.ms);
  }

  /** The shortest that {@linkcode lifeMs} can be. */
  get leastLifeMs(): number {
    return timeoutOf(this.#deps);
  }

  /** Whether the peer may be asked now. One that was left out long enough is greeted meanwhile. */
  get isUsable(): boolean {
    if (this.breaker.isProbeDue) void this.greet();
    return !this.breaker.isOpen;
  }

  /** Names a message that is sent to the peer. */
  newMessageId(): string {
    return `${this.#name}-${++this.#messages}`;
  }

  /** The peer worked, in time or late: `tookMs` after it was asked, when it might have worked for `givenMs`. */
  worked({ isLate, ...times }: { readonly isLate: boolean; readonly givenMs: number; readonly tookMs: number }): void {
    if (isLate) this.#patience.late(times.tookMs);
    else this.#patience.inTime(times);
  }

  /**
   * Asks for the peer's clock. Callers that come meanwhile share one answer. Nothing is worked on, whatever happens.
   *
   * @returns whether the peer answered
   */
  greet(): Promise<boolean> {
    this.#greeting ??= this.#greet().finally(() => this.#greeting = undefined);
    return this.#greeting;
  }

  /**
   * Sends requests that may be worked on for `lifeMs`, and waits for the answer. While none comes, the peer is greeted
   * now and then: a busy one is waited for, one that does not answer that either is dead.
   */
  async commit(body: string, { lifeMs }: { readonly lifeMs: number }): Promise<PeerReply> {
    const stop = new AbortController();
    const answered = this.#send({ operation: "commit", body }, lifeMs * WAIT);
    try {
      const reply = await Promise.race([answered, this.#death(stop.signal)]);
      if (reply.kind !== "answered" && reply.isSilent) await this.#hear(); // who waits asks it again if it lives
      return reply;
    } finally {
      stop.abort(settled);
    }
  }

  /** Makes good what a commit was refused for: an old clock, or a greeting that the peer has forgotten. */
  async reconcile({ status, body, reason }: Extract<PeerReply, { kind: "refused" }>): Promise<boolean> {
    if (status === 421 && this.#learn(body)) return true;
    if (status === 401) return await this.greet();
    if (status !== 422 && !this.breaker.isOpen) this.fail(reason);
    return false;
  }

  /** Leaves the peer out for a while. */
  fail(reason: string): void {
    const { log } = this.#deps;
    this.time.forget();
    this.breaker.trip();
    log.debug("leaves a peer out", { peer: this.peer.node, address: this.peer.address, reason });
  }

  /** How long a greeting may take: it needs no write, but a busy peer's hands. */
  get #greetMs(): number {
    return Math.max(this.leastLifeMs, this.#patience.ms / 2);
  }

  /** How long a peer may say nothing before it is greeted. */
  get #pauseMs(): number {
    return this.#greetMs / 2;
  }

  /** Resolves when the peer is dead. @throws the reason of `stop` */
  async #death(stop: AbortSignal): Promise<PeerReply> {
    do await this.#deps.clock.sleep(this.#pauseMs, stop); while (await this.#hear());
    return { kind: "unknown", reason: "it does not answer a greeting" };
  }

  /** Whether the peer lives: it said something lately, or answers a greeting. */
  async #hear(): Promise<boolean> {
    return this.#deps.monotonic() - this.#heardMs < this.#pauseMs || await this.greet();
  }

  /** Sends a message; a failure leaves the peer out for a while, unless it may only be slow, or can be made good at once. */
  async #send(message: PeerMessage, timeoutMs: number): Promise<PeerReply> {
    const { exchange, monotonic } = this.#deps;
    const sentMs = monotonic();
    const reply = await exchange.send(this.peer, message, { timeoutMs });
    if (reply.kind !== "answered" && reply.isSilent) this.#patience.late(monotonic() - sentMs);
    else this.#heardMs = monotonic();
    if (isFailure(message, reply)) this.fail(reply.reason);
    return reply;
  }

  async #greet(): Promise<boolean> {
    const reply = await this.#send({ operation: "hello", body: "" }, this.#greetMs);
    if (reply.kind !== "answered") return false;
    if (!this.#learn(reply.body)) {
      this.fail("it answers in another way");
      return false;
    }
    this.breaker.close();
    return true;
  }

  /** Takes over the clock in `body`. @returns whether there is one */
  #learn(body: string | undefined): boolean {
    try {
      this.time.learn(decodeClock(body ?? ""));
      return true;
    } catch (err) {
      if (err instanceof PeerFormatError) return false;
      throw err;
    }
  }
}

/** Whether a peer that gives this answer is to be left out. */
function isFailure({ operation }: PeerMessage, reply: PeerReply): reply is Exclude<PeerReply, { kind: "answered" }> {
  if (reply.kind === "answered") return false;
  if (operation === "hello") return true;
  if (reply.isSilent) return false; // greetings tell whether it lives
  // What may be made good, or says nothing against the peer: it does not know the pool yet.
  return reply.kind === "unknown" || ![401, 421, 422].includes(reply.status ?? 0);
}
