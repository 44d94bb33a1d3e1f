import type { ClaimOutcome, ReleaseOutcome, RequestOptions } from "../../crd/ipam/requests.ts";
import type { Clock } from "../../net/base/clock.ts";
import { type CommitAnswer, decodeCommitAnswer, type PeerOutcome } from "./commit_answer.ts";
import { encodeCommitRequest, MAX_REQUESTS, type PeerRequest } from "./commit_request.ts";
import type { TimeLimit } from "./committer_time.ts";
import type { Monotonic } from "./contract.ts";
import type { PeerLink } from "./link.ts";
import { PeerFormatError } from "./wire.ts";

/** What became of a request that a peer was to be asked. */
export type Asked =
  | { readonly kind: "done"; readonly outcome: ClaimOutcome | ReleaseOutcome }
  /** It was not asked, or refused before anything was done. */
  | { readonly kind: "refused" }
  /** The peer gave it up: only the same peer in the same epoch knows which writes of it may still be done. */
  | { readonly kind: "failed"; readonly epoch: string }
  /** Too little time is left to ask anybody. */
  | { readonly kind: "short" }
  /** It may be worked on until `untilMs` of the monotonic clock. */
  | { readonly kind: "unknown"; readonly untilMs: number };

/** A request to be asked. */
export interface LaneRequest {
  readonly request: PeerRequest;
  /** From `encodeOneRequest`. */
  readonly text: string;
  readonly options: RequestOptions;
  /** Only this epoch of the peer may be asked. */
  readonly epoch?: string | undefined;
}

/** What a {@linkcode PeerLane} works with. */
export interface PeerLaneDeps {
  readonly link: PeerLink;
  readonly pool: string;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  /** Told of requests whose outcome is unknown, before they are settled. */
  readonly onUnknown: (requests: readonly PeerRequest[], untilMs: number) => void;
}

interface Item extends LaneRequest {
  readonly settle: (asked: Asked) => void;
  readonly abort: (reason: unknown) => void;
}

/** Messages on their way at a time: while the peer writes one, the next waits at its door. */
const MAX_IN_FLIGHT = 2;
/** Longest body in characters; the peer takes 1 MiB. */
const MAX_CHARACTERS = 256 * 1024;

/** Requests on one pool that go to one peer: what waits goes out together. */
export class PeerLane {
  readonly #deps: PeerLaneDeps;
  #queue: Item[] = [];
  #inFlight = 0;

  constructor(deps: PeerLaneDeps) {
    this.#deps = deps;
  }

  /** Whether nobody waits and nothing is on its way. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#inFlight === 0;
  }

  /**
   * Asks the peer. A request that was sent is waited for although its caller leaves: its outcome must be known.
   *
   * @throws the reason of the caller's signal when that is aborted before the request was sent
   */
  ask(request: LaneRequest): Promise<Asked> {
    const { signal } = request.options;
    return new Promise((settle, abort) => {
      if (signal?.aborted) return abort(signal.reason);
      const item: Item = { ...request, settle, abort };
      this.#queue.push(item);
      signal?.addEventListener("abort", () => this.#leave(item), { once: true });
      queueMicrotask(() => this.#pump()); // who comes in the same turn goes along
    });
  }

  #leave(item: Item): void {
    if (!this.#queue.includes(item)) return; // sent
    this.#queue = this.#queue.filter((other) => other !== item);
    item.abort(item.options.signal?.reason);
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#inFlight < MAX_IN_FLIGHT) {
      this.#inFlight++;
      void this.#round().finally(() => {
        this.#inFlight--;
        this.#pump();
      });
    }
  }

  /** Sends one message. Never rejects: everybody it carries is settled. */
  async #round(): Promise<void> {
    const { link } = this.#deps;
    if (link.breaker.isOpen) return this.#refuseAll();
    if (link.time.epoch === undefined && !await link.greet()) return this.#refuseAll();
    const batch = this.#take();
    if (batch.length === 0) return;
    try {
      await this.#send(batch, { mayRepeat: true });
    } catch (err) {
      for (const item of batch) item.abort(err); // a bug: the caller's journal keeps what may be held
    }
  }

  /** The peer does not answer: whoever waits tries another. */
  #refuseAll(): void {
    for (const item of this.#queue.splice(0)) item.settle({ kind: "refused" });
  }

  /** The next message's requests; whoever has too little time is settled here. */
  #take(): readonly Item[] {
    const { clock, link } = this.#deps;
    const batch: Item[] = [];
    let characters = 0;
    while (this.#queue.length > 0 && batch.length < MAX_REQUESTS) {
      const item = this.#queue[0]!;
      if (characters + item.text.length > MAX_CHARACTERS) break;
      this.#queue.shift();
      if (item.options.deadlineMs - clock.now() > link.lifeMs) {
        characters += item.text.length + 1;
        batch.push(item);
      } else item.settle({ kind: "short" });
    }
    return batch;
  }

  async #send(batch: readonly Item[], { mayRepeat }: { mayRepeat: boolean }): Promise<void> {
    const { link, pool, monotonic } = this.#deps;
    const untilMs = monotonic() + link.lifeMs;
    const limit = link.time.limitAt(untilMs);
    if (limit === undefined) return settleAll(batch, { kind: "refused" });
    const meant = this.#meant(batch, limit);
    if (meant.length === 0) return;
    const body = encodeCommitRequest({ pool, limit, requests: meant.map(({ text }) => text) });
    // A write that the peer has begun in time is waited for a little longer.
    const reply = await link.send({ operation: "commit", body }, { timeoutMs: link.lifeMs * 1.5 });
    switch (reply.kind) {
      case "answered":
        return this.#answered(meant, { body: reply.body, untilMs, limit });
      case "refused":
        if (mayRepeat && await link.reconcile(reply)) return await this.#send(meant, { mayRepeat: false });
        if (!mayRepeat) link.fail(reply.reason);
        return settleAll(meant, { kind: "refused" });
      case "unknown":
        return this.#unknown(meant, untilMs);
      default:
        return reply satisfies never;
    }
  }

  /** Requests that may be sent to this epoch; the others stay given up. */
  #meant(batch: readonly Item[], { epoch }: TimeLimit): readonly Item[] {
    return batch.filter((item) => {
      if (item.epoch === undefined || item.epoch === epoch) return true;
      item.settle({ kind: "failed", epoch: item.epoch });
      return false;
    });
  }

  #answered(
    batch: readonly Item[],
    { body, untilMs, limit }: { body: string; untilMs: number; limit: TimeLimit },
  ): void {
    const { link } = this.#deps;
    const answer = tryDecode(body, batch);
    if (answer === undefined) {
      link.fail("it answers in another way");
      return this.#unknown(batch, untilMs);
    }
    link.time.learn(answer);
    link.worked({ isLate: answer.outcomes.some((outcome) => outcome.kind === "failed" && outcome.isLate) });
    batch.forEach((item, i) => item.settle(askedOf(answer.outcomes[i]!, limit)));
  }

  #unknown(batch: readonly Item[], untilMs: number): void {
    this.#deps.onUnknown(batch.map(({ request }) => request), untilMs);
    settleAll(batch, { kind: "unknown", untilMs });
  }
}

function settleAll(batch: readonly Item[], asked: Asked): void {
  for (const item of batch) item.settle(asked);
}

/** The answer, if it is one to these requests. */
function tryDecode(body: string, batch: readonly Item[]): CommitAnswer | undefined {
  try {
    const answer = decodeCommitAnswer(body);
    const fits = answer.outcomes.length === batch.length &&
      answer.outcomes.every((outcome, i) => isAnswerTo(batch[i]!.request, outcome));
    return fits ? answer : undefined;
  } catch (err) {
    if (err instanceof PeerFormatError) return undefined;
    throw err;
  }
}

function isAnswerTo(request: PeerRequest, outcome: PeerOutcome): boolean {
  return outcome.kind === "failed" || (outcome.kind === "released") === (request.kind === "release");
}

function askedOf(outcome: PeerOutcome, { epoch }: TimeLimit): Asked {
  return outcome.kind === "failed" ? { kind: "failed", epoch } : { kind: "done", outcome };
}
