import { type Clock, steadyNow } from "../../net/base/clock.ts";
import { type Asked, askedOf, type LaneRequest, tryAnswerTo } from "./asked.ts";
import { encodeCommitRequest, type PeerRequest } from "./commit_request.ts";
import type { TimeLimit } from "./committer_time.ts";
import type { Monotonic } from "./contract.ts";
import { type LaneItem, LaneQueue } from "./lane_queue.ts";
import type { PeerLink } from "./link.ts";

/** What a {@linkcode PeerLane} works with. */
export interface PeerLaneDeps {
  readonly link: PeerLink;
  readonly pool: string;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  /** Told of requests whose outcome is unknown, before they are settled. */
  readonly onUnknown: (requests: readonly PeerRequest[], untilMs: number) => void;
}

/** One message on its way. */
interface Sending {
  readonly items: readonly LaneItem[];
  readonly limit: TimeLimit;
  readonly sentMs: number;
  readonly lifeMs: number;
}

/** Messages on their way at a time: while the peer writes one, the next waits at its door. */
const MAX_IN_FLIGHT = 2;

/** Requests on one pool that go to one peer: what waits goes out together. */
export class PeerLane {
  readonly #deps: PeerLaneDeps;
  readonly #queue = new LaneQueue();
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
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        if (this.#queue.remove(item)) item.abort(signal?.reason); // else it was sent
      };
      const done = () => signal?.removeEventListener("abort", leave);
      const settle = (asked: Asked) => (done(), resolve(asked));
      const abort = (reason: unknown) => (done(), reject(reason));
      const item: LaneItem = { ...request, settle, abort };
      this.#queue.push(item);
      signal?.addEventListener("abort", leave, { once: true });
      queueMicrotask(() => this.#pump()); // who comes in the same turn goes along
    });
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
    const { link, clock } = this.#deps;
    const isThere = !link.breaker.isOpen && (link.time.epoch !== undefined || await link.greet());
    if (!isThere) return settleAll(this.#queue.drain(), { kind: "refused" }); // whoever waits tries another
    const { lifeMs, leastLifeMs: leastMs } = link;
    const batch = this.#queue.take({ nowMs: steadyNow(clock), lifeMs, leastMs });
    settleAll(batch.short, { kind: "short" });
    if (batch.items.length === 0) return;
    try {
      await this.#send(batch.items, { lifeMs: batch.lifeMs, mayRepeat: true });
    } catch (err) {
      for (const item of batch.items) item.abort(err); // a bug: the caller's journal keeps what may be held
    }
  }

  async #send(
    batch: readonly LaneItem[],
    { lifeMs, mayRepeat }: { readonly lifeMs: number; readonly mayRepeat: boolean },
  ): Promise<void> {
    const { link, pool, monotonic } = this.#deps;
    const sentMs = monotonic();
    const limit = link.time.limitAt(sentMs + lifeMs);
    if (limit === undefined) return settleAll(batch, { kind: "refused" });
    const items = meantFor(limit, batch);
    if (items.length === 0) return;
    const sending: Sending = { items, limit, sentMs, lifeMs };
    const requests = items.map(({ text }) => text);
    const body = encodeCommitRequest({ id: link.newMessageId(), pool, limit, requests });
    const reply = await link.commit(body, { lifeMs });
    switch (reply.kind) {
      case "answered":
        return this.#answered(sending, reply.body);
      case "refused":
        if (reply.isSilent) return settleAll(items, { kind: "busy" });
        if (mayRepeat && await link.reconcile(reply)) return await this.#send(items, { lifeMs, mayRepeat: false });
        if (!mayRepeat) link.fail(reply.reason);
        return settleAll(items, { kind: "refused" });
      case "unknown":
        return this.#unknown(sending);
      default:
        return reply satisfies never;
    }
  }

  #answered(sending: Sending, body: string): void {
    const { link, monotonic } = this.#deps;
    const { items, limit: { epoch }, sentMs, lifeMs } = sending;
    const answer = tryAnswerTo(items.map(({ request }) => request), body);
    if (answer === undefined) {
      link.fail("it answers in another way");
      return this.#unknown(sending);
    }
    const tookMs = monotonic() - sentMs;
    const mayBeLate = tookMs >= lifeMs / 2;
    const isLate = mayBeLate && answer.outcomes.some((outcome) => outcome.kind === "failed" && outcome.isLate);
    link.time.learn(answer);
    link.worked({ isLate, givenMs: lifeMs, tookMs });
    items.forEach((item, i) => item.settle(askedOf(answer.outcomes[i]!, { epoch, mayBeLate })));
  }

  #unknown({ items, limit: { epoch }, sentMs, lifeMs }: Sending): void {
    const untilMs = sentMs + lifeMs;
    this.#deps.onUnknown(items.map(({ request }) => request), untilMs);
    settleAll(items, { kind: "unknown", epoch, untilMs });
  }
}

/** Requests that may be sent to this epoch; the others hear that theirs has ended. */
function meantFor({ epoch }: TimeLimit, batch: readonly LaneItem[]): readonly LaneItem[] {
  const isMeant = (item: LaneItem) => item.epoch === undefined || item.epoch === epoch;
  settleAll(batch.filter((item) => !isMeant(item)), { kind: "gone" });
  return batch.filter(isMeant);
}

function settleAll(batch: readonly LaneItem[], asked: Asked): void {
  for (const item of batch) item.settle(asked);
}
