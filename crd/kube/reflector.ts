/** Keeps a {@linkcode Store} equal to what an API server has. */
import { fullJitter } from "../../net/base/backoff.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { KubeList, KubeObject, WatchEvent } from "./contract.ts";
import { isGone, KubeConnectionError, KubeTimeoutError } from "./errors.ts";
import { OutageNote } from "./outage_note.ts";
import { heededRetryAfterMs } from "./retry_after.ts";
import { compareResourceVersions } from "./resource_version.ts";
import type { Store } from "./store.ts";

/** Pauses between tries, in milliseconds: growing, random, within these bounds. */
const BACKOFF = { minMs: 500, maxMs: 30_000 };

/** The same while nobody answers: there is no server to be spared, and when it comes back, what was missed is wanted soon. */
const UNREACHABLE_BACKOFF = { minMs: 500, maxMs: 10_000 };

/** The server ends a watch after a random time between one and two of these, in seconds: not all come back at once. */
const WATCH_SECONDS = 300;

/** A watch that lasted this long, in milliseconds, was not a failure, even if nothing happened. */
const HEALTHY_MS = 5_000;

/** What a {@linkcode Reflector} reads: two functions, so that it needs no client. */
export interface ReflectorSource<T> {
  /** All objects, all pages. */
  list(options: { readonly signal: AbortSignal }): Promise<KubeList<T>>;
  /** Changes after `resourceVersion`, with bookmarks. */
  watch(options: {
    readonly signal: AbortSignal;
    readonly resourceVersion: string;
    readonly timeoutSeconds: number;
  }): AsyncIterable<WatchEvent<T>>;
}

/**
 * `SYNCING` until the first list is in the store; `SYNCED` while the store follows; `DESYNCED` when changes were missed
 * and a new list is needed (the store keeps the old objects meanwhile); `STOPPED` for good.
 */
export type ReflectorState = "SYNCING" | "SYNCED" | "DESYNCED" | "STOPPED";

/** Options of {@linkcode Reflector}. */
export interface ReflectorOptions<T extends KubeObject> extends ReflectorSource<T> {
  /** Written by this reflector only. */
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told every new state. */
  readonly onState?: ((state: ReflectorState) => void) | undefined;
}

/** List, watch, resume; list again only when the server no longer knows the version. */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #synced = Promise.withResolvers<void>();
  #state: ReflectorState = "SYNCING";
  /** Version the store stands at; `undefined` when a list is needed. */
  #version: string | undefined;
  /** Pauses in a row without a useful watch between them. */
  #failures = 0;
  /** Whether the last of them was that nobody answered. */
  #isUnreachable = false;
  readonly #outage: OutageNote;
  #running = false;
  #heardMs: number | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#outage = new OutageNote(options.log);
    this.#synced.promise.catch(ignoreAbort);
  }

  /** Resolves when the store was filled for the first time; rejects with the signal's reason if stopped before. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Whether the store follows the server now. */
  get isSynced(): boolean {
    return this.#state === "SYNCED";
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** When the server last said anything, in milliseconds of {@linkcode steadyNow}; `undefined` before the first list. */
  get heardMs(): number | undefined {
    return this.#heardMs;
  }

  /** Version the store stands at; `undefined` when a list is needed. */
  get resourceVersion(): string | undefined {
    return this.#version;
  }

  /**
   * Runs until `signal` is aborted, then returns. Failures are logged and tried again.
   *
   * @throws {Error} if it runs or ran already
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#running) throw new Error("Cannot run the reflector: it runs already, or was stopped");
    this.#running = true;
    while (!signal.aborted) await this.#step(signal);
    this.#synced.reject(signal.reason);
    this.#become("STOPPED");
  }

  /** One list or one watch, and the pause after it where it brought nothing. */
  async #step(signal: AbortSignal): Promise<void> {
    try {
      if (this.#version === undefined) await this.#list(signal);
      else if (!await this.#watch(this.#version, signal)) await this.#pause(signal);
    } catch (err) {
      if (signal.aborted) return;
      this.#note(err);
      await this.#pause(signal, err);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { list, store } = this.#options;
    const { items, resourceVersion } = await list({ signal });
    signal.throwIfAborted();
    this.#outage.answered();
    store.replace(items);
    this.#version = resourceVersion;
    this.#heardMs = steadyNow(this.#options.clock);
    this.#become("SYNCED");
    this.#synced.resolve();
  }

  /** @returns whether the watch was of use; a server that ends each at once is asked ever more slowly */
  async #watch(resourceVersion: string, signal: AbortSignal): Promise<boolean> {
    const { watch, clock, random } = this.#options;
    const startedAt = steadyNow(clock);
    const wasUseful = () => this.#version !== resourceVersion || steadyNow(clock) - startedAt >= HEALTHY_MS;
    const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + random()));
    try {
      for await (const event of watch({ signal, resourceVersion, timeoutSeconds })) {
        signal.throwIfAborted();
        this.#outage.answered();
        this.#apply(event);
      }
    } finally {
      if (wasUseful()) this.#failures = 0;
    }
    return wasUseful();
  }

  #apply(event: WatchEvent<T>): void {
    const { store, clock } = this.#options;
    this.#heardMs = steadyNow(clock);
    if (event.type === "DELETED") store.remove(event.object);
    else if (event.type !== "BOOKMARK") store.put(event.object);
    const version = event.type === "BOOKMARK" ? event.resourceVersion : event.object.metadata.resourceVersion;
    const isOlder = (compareResourceVersions(version, this.#version) ?? 1) < 0;
    if (version !== undefined && !isOlder) this.#version = version;
  }

  #note(err: unknown): void {
    const { log } = this.#options;
    const fields = { err, failures: this.#failures };
    if (isGone(err)) {
      this.#version = undefined;
      if (this.#state === "SYNCED") this.#become("DESYNCED");
      log.info("watch is too old, listing again", fields);
    } else if (err instanceof KubeConnectionError || err instanceof KubeTimeoutError) {
      log.debug("connection to the api server failed", fields);
    } else {
      log.warn("list or watch failed", fields);
    }
  }

  /** A server that went away or came back is a new story: its pauses begin anew. */
  async #pause(signal: AbortSignal, err?: unknown): Promise<void> {
    const { clock, random } = this.#options;
    const isUnreachable = err instanceof KubeConnectionError;
    if (isUnreachable !== this.#isUnreachable) this.#failures = 0;
    this.#isUnreachable = isUnreachable;
    const { minMs, maxMs } = isUnreachable ? UNREACHABLE_BACKOFF : BACKOFF;
    const jitterMs = fullJitter(this.#failures, { baseMs: minMs, capMs: maxMs - minMs, random });
    this.#failures++;
    this.#outage.tried(err);
    await clock.sleep(Math.max(heededRetryAfterMs(err), minMs + jitterMs), signal).catch(ignoreAbort);
  }

  #become(state: ReflectorState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

function ignoreAbort(): void {
  // The loop sees an abort by its signal; whoever waits for `synced` sees it there.
}
