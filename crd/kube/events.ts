/** Kubernetes Events: what happened to an object, for `kubectl describe`. */
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import { TokenBucket } from "../../net/base/token_bucket.ts";
import type { ResourceWriter } from "./client_types.ts";
import { isNotFound, isOutcomeUnknown } from "./errors.ts";
import {
  type CoreEvent,
  coreEventOf,
  type CountedEvent,
  type EventInput,
  eventKeyOf,
  eventName,
  eventNamespaceOf,
  timestamp,
} from "./event_object.ts";

/** Different Events that wait to be sent; more are dropped. */
const MAX_WAITING = 256;
/** Sent Events that are remembered, so that a repetition counts them up; the oldest is forgotten. */
const MAX_REMEMBERED = 512;
/** Events sent at once after a quiet time. */
const BURST = 25;
/** In the long run. */
const PER_SECOND = 1;

/** Options of {@linkcode EventRecorder}. */
export interface EventRecorderOptions {
  /** A client for {@linkcode eventType}. */
  readonly events: Pick<ResourceWriter<CoreEvent>, "create" | "patch">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Who reports: `spiderpool-agent`. */
  readonly component: string;
  /** Node it runs on. */
  readonly host?: string | undefined;
  /** Ends the recorder; waiting Events are dropped. */
  readonly signal: AbortSignal;
}

interface Waiting extends CountedEvent {
  lastAt: number;
  count: number;
}

interface Sent {
  readonly name: string;
  count: number;
}

/** Sends Events in the background, a repetition as a higher count of the first, never faster than the limits above. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #bucket: TokenBucket;
  readonly #waiting = new Map<string, Waiting>();
  /** By last use, the oldest first. */
  readonly #sent = new Map<string, Sent>();
  #idle: Promise<void> = Promise.resolve();
  #isSending = false;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    const monotonic = () => steadyNow(options.clock);
    this.#bucket = new TokenBucket({ burst: BURST, perSecond: PER_SECOND, monotonic });
  }

  /** Events given up: too many at once, refused by the server, or after the end. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Notes an Event and returns at once; never throws. */
  record(input: EventInput): void {
    const { clock, signal } = this.#options;
    const key = eventKeyOf(input);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.count += input.times ?? 1;
      waiting.lastAt = clock.now();
    } else if (signal.aborted || this.#waiting.size >= MAX_WAITING) {
      this.#dropped++;
    } else {
      this.#waiting.set(key, { input, firstAt: clock.now(), lastAt: clock.now(), count: input.times ?? 1 });
      if (!this.#isSending) this.#idle = this.#sendAll();
    }
  }

  /** Resolves when nothing waits any more. */
  flush(): Promise<void> {
    return this.#idle;
  }

  async #sendAll(): Promise<void> {
    const { log, signal } = this.#options;
    this.#isSending = true;
    for (let next = this.#first(); next !== undefined; next = this.#first()) {
      try {
        await this.#takeToken();
        this.#waiting.delete(next.key); // only now: while it waited for its turn, repetitions were counted into it
        await this.#send(next.key, next.event);
      } catch (err) {
        this.#waiting.delete(next.key);
        this.#dropped++;
        if (!signal.aborted) log.debug("event was not recorded", { reason: next.event.input.reason, err });
      }
    }
    this.#isSending = false;
  }

  #first(): { key: string; event: Waiting } | undefined {
    for (const [key, event] of this.#waiting) return { key, event };
    return undefined;
  }

  async #takeToken(): Promise<void> {
    const { clock, signal } = this.#options;
    signal.throwIfAborted();
    while (!this.#bucket.take()) await clock.sleep(this.#bucket.waitMs, signal);
  }

  async #send(key: string, event: Waiting): Promise<void> {
    const sent = this.#sent.get(key);
    if (sent !== undefined && await this.#countUp(sent, event)) return this.#remember(key, sent);
    const { events, random, component, host, signal } = this.#options;
    const name = eventName(event.input.object.name, random);
    await events.create(coreEventOf(event, { name, component, host }), { signal });
    this.#remember(key, { name, count: event.count });
  }

  /** @returns `false` if the server has forgotten the Event: they live for an hour */
  async #countUp(sent: Sent, { input, lastAt, count }: Waiting): Promise<boolean> {
    const { events, signal } = this.#options;
    const patch = { count: sent.count + count, lastTimestamp: timestamp(lastAt) };
    try {
      await events.patch({ name: sent.name, namespace: eventNamespaceOf(input) }, { type: "merge", patch }, { signal });
      sent.count += count;
      return true;
    } catch (err) {
      if (isNotFound(err)) return false;
      if (isOutcomeUnknown(err)) sent.count += count; // if it was counted, less would take it back the next time
      throw err;
    }
  }

  #remember(key: string, sent: Sent): void {
    this.#sent.delete(key);
    this.#sent.set(key, sent);
    for (const oldest of this.#sent.keys()) {
      if (this.#sent.size <= MAX_REMEMBERED) return;
      this.#sent.delete(oldest);
    }
  }
}
