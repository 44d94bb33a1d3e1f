import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { DeadlineError, type PoolClaims, type RequestOptions } from "../../crd/ipam/requests.ts";
import { encodeClock, encodeCommitAnswer, type PeerOutcome } from "./commit_answer.ts";
import { type CommitRequest, decodeCommitRequest, type PeerRequest } from "./commit_request.ts";
import type { CommitterClock } from "./committer_clock.ts";
import type { PeerAnswer, PeerMessage } from "./contract.ts";
import { type PeerObserver, servedOutcomeOf } from "./observer.ts";
import { SeenMessages } from "./seen_messages.ts";
import { PeerFormatError } from "./wire.ts";

/** Requests of all peers that may wait at a time. */
const MAX_WAITING = 8192;

/** What a {@linkcode PeerCommitter} works with. */
export interface PeerCommitterDeps {
  /** The writers of this process. */
  readonly claims: PoolClaims;
  readonly time: CommitterClock;
  readonly clock: Clock;
  /** Whether this agent may claim: everything was read once, and what its predecessor began is over. */
  readonly isReady: () => boolean;
  /** Whether there is such a pool, as far as the watch tells. */
  readonly knows: (pool: string) => boolean;
  readonly log: Log;
  /** @default nobody is told */
  readonly observer?: Pick<PeerObserver, "answered" | "served"> | undefined;
}

/**
 * Works on the requests of other agents as on this one's own: they share its writes. What comes too late by this
 * process's own clock, or was meant for an earlier process, is refused; the same is asked before each write. A message
 * that comes twice is worked on once, whatever was asked meanwhile.
 */
export class PeerCommitter {
  readonly #deps: PeerCommitterDeps;
  readonly #seen = new SeenMessages();
  #waiting = 0;
  #stopped = false;

  constructor(deps: PeerCommitterDeps) {
    this.#deps = deps;
  }

  /** Takes nothing more; what is under way goes on. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Answers one message.
   *
   * @param signal aborted when whoever asks waits no more
   */
  async handle(message: PeerMessage, signal: AbortSignal): Promise<PeerAnswer> {
    const answer = await this.#answer(message, signal);
    this.#deps.observer?.answered(message.operation, answer.status);
    return answer;
  }

  async #answer(message: PeerMessage, signal: AbortSignal): Promise<PeerAnswer> {
    if (this.#stopped || !this.#deps.isReady()) return this.#refusal(503);
    switch (message.operation) {
      case "hello":
        return { status: 200, body: encodeClock(this.#deps.time.read()) };
      case "commit":
        return await this.#commit(message.body, signal);
      default:
        return message.operation satisfies never;
    }
  }

  async #commit(body: string, signal: AbortSignal): Promise<PeerAnswer> {
    const request = tryDecode(body);
    if (request === undefined) return this.#refusal(400);
    const { id, pool, limit, requests } = request;
    const { time } = this.#deps;
    if (time.isOver(limit)) return this.#refusal(421);
    const sight = this.#seen.see(id, limit, time.read().nowMs);
    if (sight === "copy") return { status: 409, body: "" }; // says nothing of what becomes of the first
    if (sight === "full") return this.#refusal(429);
    if (!this.#deps.knows(pool)) return this.#refusal(422);
    if (this.#waiting + requests.length > MAX_WAITING) return this.#refusal(429);
    this.#waiting += requests.length;
    try {
      const outcomes = await this.#settleAll(request, signal);
      return { status: 200, body: encodeCommitAnswer({ ...time.read(), outcomes }) };
    } finally {
      this.#waiting -= requests.length;
    }
  }

  #settleAll({ limit, requests }: CommitRequest, signal: AbortSignal): Promise<readonly PeerOutcome[]> {
    const { clock, time } = this.#deps;
    const leftMs = limit.notAfterMs - time.read().nowMs;
    const options = { deadlineMs: steadyNow(clock) + leftMs, signal, isOver: () => time.isOver(limit) };
    return Promise.all(requests.map((request) => this.#settle(request, options)));
  }

  async #settle(request: PeerRequest, options: RequestOptions): Promise<PeerOutcome> {
    const outcome = await this.#outcomeOf(request, options);
    this.#deps.observer?.served(request.kind, servedOutcomeOf(outcome));
    return outcome;
  }

  async #outcomeOf(request: PeerRequest, options: RequestOptions): Promise<PeerOutcome> {
    const { claims, log } = this.#deps;
    try {
      return request.kind === "claim" ? await claims.claim(request, options) : await claims.release(request, options);
    } catch (err) {
      log.debug("cannot serve a peer", { pool: request.pool, err });
      return { kind: "failed", reason: reasonOf(err), isLate: err instanceof DeadlineError };
    }
  }

  #refusal(status: number): PeerAnswer {
    return { status, body: encodeClock(this.#deps.time.read()) };
  }
}

function tryDecode(body: string): CommitRequest | undefined {
  try {
    return decodeCommitRequest(body);
  } catch (err) {
    if (err instanceof PeerFormatError) return undefined;
    throw err;
  }
}

/** Short enough for the one who asked to read it. */
function reasonOf(err: unknown): string {
  return (err instanceof Error ? err.message : String(err)).slice(0, 500);
}
