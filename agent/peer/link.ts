import type { Random } from "../../net/base/random.ts";
import type { Log } from "../../net/base/log.ts";
import { Breaker } from "./breaker.ts";
import { decodeClock } from "./commit_answer.ts";
import { CommitterTime } from "./committer_time.ts";
import type { Monotonic, Peer, PeerExchange, PeerMessage, PeerReply } from "./contract.ts";
import { PeerFormatError } from "./wire.ts";

/** What a {@linkcode PeerLink} works with. */
export interface PeerLinkDeps {
  readonly exchange: PeerExchange;
  readonly monotonic: Monotonic;
  readonly random: Random;
  readonly log: Log;
  /** How long a committer may work on a request, in milliseconds; twice as long when it says that it is late. */
  readonly timeoutMs: number;
}

/** What is known of one peer: its clock, whether it answers, how long it takes. */
export class PeerLink {
  readonly peer: Peer;
  readonly time: CommitterTime;
  readonly breaker: Breaker;
  readonly #deps: PeerLinkDeps;
  #isSlow = false;
  #greeting: Promise<boolean> | undefined;

  constructor(peer: Peer, deps: PeerLinkDeps) {
    this.peer = peer;
    this.#deps = deps;
    this.time = new CommitterTime(deps.monotonic);
    this.breaker = new Breaker(deps);
  }

  /** How long the peer may work on a request, in milliseconds. */
  get lifeMs(): number {
    return this.#deps.timeoutMs * (this.#isSlow ? 2 : 1);
  }

  /** The peer worked, in time or late. */
  worked({ isLate }: { readonly isLate: boolean }): void {
    this.#isSlow = isLate;
  }

  /** Whether the peer may be asked now. One that was left out long enough is greeted meanwhile. */
  get isUsable(): boolean {
    if (this.breaker.isProbeDue) void this.greet();
    return !this.breaker.isOpen;
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

  /** Sends a message; a failure leaves the peer out for a while, unless it can be made good at once. */
  async send(message: PeerMessage, options: { readonly timeoutMs: number }): Promise<PeerReply> {
    const reply = await this.#deps.exchange.send(this.peer, message, options);
    if (reply.kind === "unknown" || (reply.kind === "refused" && !mayPass(message, reply))) this.fail(reply.reason);
    return reply;
  }

  /** Makes good what a commit was refused for: an old clock, or a greeting that the peer has forgotten. */
  async reconcile({ status, body, reason }: Extract<PeerReply, { kind: "refused" }>): Promise<boolean> {
    if (status === 421 && this.learn(body)) return true;
    if (status === 401) return await this.greet();
    if (status !== 422 && !this.breaker.isOpen) this.fail(reason);
    return false;
  }

  /** Takes over the clock in `body`. @returns whether there is one */
  learn(body: string | undefined): boolean {
    try {
      this.time.learn(decodeClock(body ?? ""));
      return true;
    } catch (err) {
      if (err instanceof PeerFormatError) return false;
      throw err;
    }
  }

  /** Leaves the peer out for a while. */
  fail(reason: string): void {
    const { log } = this.#deps;
    this.time.forget();
    this.breaker.trip();
    log.debug("leaves a peer out", { peer: this.peer.node, address: this.peer.address, reason });
  }

  async #greet(): Promise<boolean> {
    const reply = await this.send({ operation: "hello", body: "" }, { timeoutMs: this.#deps.timeoutMs });
    if (reply.kind !== "answered") return false;
    if (!this.learn(reply.body)) {
      this.fail("it answers in another way");
      return false;
    }
    this.breaker.close();
    return true;
  }
}

/** Whether a refusal of a commit may be made good, or says nothing against the peer: it does not know the pool yet. */
function mayPass({ operation }: PeerMessage, { status }: Extract<PeerReply, { kind: "refused" }>): boolean {
  return operation === "commit" && (status === 401 || status === 421 || status === 422);
}
