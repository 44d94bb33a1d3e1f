import { fullJitter } from "../../net/base/backoff.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";
import {
  isConflict,
  isNotFound,
  isOutcomeUnknown,
  KubeApiError,
  KubeConnectionError,
  KubeResponseError,
  KubeTimeoutError,
} from "../../crd/kube/errors.ts";
import { heededRetryAfterMs } from "../../crd/kube/retry_after.ts";
import { reasonWith } from "./deadline.ts";

const BACKOFF = { baseMs: 10, capMs: 500 };

/** Until when a write is tried. */
export interface EndpointCall {
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** An endpoint of an earlier Pod does not go away. */
export class EndpointHeldError extends Error {
  override readonly name = "EndpointHeldError";
  constructor(readonly key: ObjectKey) {
    const endpoint = `SpiderEndpoint "${key.namespace}/${key.name}"`;
    super(
      `Cannot write ${endpoint}: an earlier one is being deleted, and a finalizer of somebody else holds it; ` +
        "look at its metadata.finalizers",
    );
  }
}

/** What the tries of a write are made with. */
export interface EndpointTriesDeps {
  /** The endpoint as the API server has it now. */
  readonly get: (key: ObjectKey, signal: AbortSignal) => Promise<SpiderEndpoint | undefined>;
  readonly clock: Clock;
  readonly random: Random;
}

/** One try to write an endpoint over `existing`; returns nothing where another look at it is needed. */
export type EndpointTry = (existing: SpiderEndpoint | undefined) => Promise<SpiderEndpoint | void>;

/** Repeats a write of an endpoint until it is known to be done, refused for good, or late. */
export class EndpointTries {
  readonly #deps: EndpointTriesDeps;

  constructor(deps: EndpointTriesDeps) {
    this.#deps = deps;
  }

  /** Runs `attempt` on what is there until it returns a result; what can be mended by another look is tried again. */
  async until(
    { name, namespace = "" }: ObjectKey,
    options: EndpointCall & { existing: SpiderEndpoint | undefined },
    attempt: EndpointTry,
  ): Promise<SpiderEndpoint> {
    const { signal } = options;
    let { existing } = options;
    for (let tries = 0;; tries++) {
      let trouble: unknown;
      try {
        const done = await attempt(existing);
        if (done !== undefined) return done;
        trouble = tries === 0 ? undefined : new EndpointHeldError({ name, namespace });
      } catch (err) {
        const isLost = isNotFound(err) && existing !== undefined; // gone since it was read
        if (!signal.aborted && !isLost && !isMendable(err)) throw err;
        trouble = tries === 0 && isConflict(err) ? undefined : err; // somebody wrote it since it was read: look at once
      }
      if (trouble !== undefined) await this.#pause(tries, trouble, options);
      existing = await this.#deps.get({ name, namespace }, signal);
    }
  }

  /** @throws `trouble` when the deadline has passed, or the signal's reason with it as the cause */
  async #pause(tries: number, trouble: unknown, { deadlineMs, signal }: EndpointCall): Promise<void> {
    const { clock, random } = this.#deps;
    if (signal.aborted) throw reasonWith(signal, trouble === signal.reason ? undefined : trouble);
    if (steadyNow(clock) >= deadlineMs) throw trouble;
    const pauseMs = Math.max(1, heededRetryAfterMs(trouble), fullJitter(tries, { ...BACKOFF, random }));
    await clock.sleep(pauseMs, signal).catch(() => {
      throw reasonWith(signal, trouble);
    });
  }
}

/** Whether another look at the object may help: conflicts, pleas for patience, and writes with an unknown outcome. */
function isMendable(err: unknown): boolean {
  if (err instanceof KubeApiError) return [409, 429].includes(err.status) || isOutcomeUnknown(err);
  return err instanceof KubeConnectionError || err instanceof KubeTimeoutError || err instanceof KubeResponseError;
}
