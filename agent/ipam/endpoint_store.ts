import { fullJitter } from "../../net/base/backoff.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { attachmentsAfter, attachmentsOf } from "../../crd/ipam/attachments.ts";
import {
  endpointFor,
  endpointNameOf,
  type EndpointOwner,
  type EndpointWrite,
  mergeEndpoint,
  resultsOfEndpoint,
} from "../../crd/ipam/endpoint.ts";
import { podUidOf } from "../../crd/ipam/pod_identity.ts";
import type { ResourceClient } from "../../crd/kube/client.ts";
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
import { reasonWith } from "./deadline.ts";
import { KnownEndpoints } from "./known_endpoints.ts";

/** Holds a SpiderEndpoint until its addresses are free again (spec/crds.md §5.3). */
const FINALIZER = "spiderpool.spidernet.io";
const BACKOFF = { baseMs: 10, capMs: 500 };

/** What the store works with. */
export interface EndpointStoreDeps {
  /** `tryGet` is patient. */
  readonly endpoints: Pick<ResourceClient<SpiderEndpoint>, "tryGet" | "create" | "update" | "patch" | "delete">;
  readonly clock: Clock;
  readonly random: Random;
}

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
    super(`Cannot write ${endpoint}: an earlier one is being deleted, and a finalizer of somebody else holds it`);
  }
}

/**
 * Reads and writes SpiderEndpoints. Writes are repeated from a live read until they are known to be done. A write on its
 * way is finished even if its caller has gone: otherwise it could be done after the DEL that follows, and an endpoint
 * with our finalizer would outlive its Pod.
 */
export class EndpointStore {
  readonly #deps: EndpointStoreDeps;
  readonly #known = new KnownEndpoints();

  constructor(deps: EndpointStoreDeps) {
    this.#deps = deps;
  }

  /** The endpoint as the API server has it now. */
  get(key: ObjectKey, signal: AbortSignal): Promise<SpiderEndpoint | undefined> {
    return this.#deps.endpoints.tryGet(key, { signal });
  }

  /** The endpoint of the Pod with this UID as it was written here last, if it goes with that Pod. */
  known(key: ObjectKey, podUid: string): SpiderEndpoint | undefined {
    return this.#known.of(key, podUid);
  }

  /**
   * Creates the owner's endpoint or merges into the one that is there.
   *
   * @param existing what {@linkcode get} returned
   * @param options `mayReplace` is asked before another Pod's entries are replaced; it throws to refuse
   * @returns the endpoint as written
   */
  async write(
    owner: EndpointOwner,
    write: EndpointWrite,
    options: EndpointCall & {
      existing: SpiderEndpoint | undefined;
      mayReplace: (endpoint: SpiderEndpoint) => Promise<void>;
    },
  ): Promise<SpiderEndpoint> {
    const key = { namespace: owner.pod.metadata.namespace ?? "", name: endpointNameOf(owner) };
    let carried = write;
    this.#known.forget(key);
    const written = await this.#until(key, options, async (existing) => {
      if (existing === undefined) return await this.#deps.endpoints.create(endpointFor(owner, carried));
      if (existing.metadata.deletionTimestamp !== undefined) {
        if (existing.status?.current.uid === podUidOf(owner.pod)) carried = withOtherNics(write, existing);
        return void await this.#dropFinalizer(existing);
      }
      await options.mayReplace(existing);
      const { endpoint, changed } = mergeEndpoint(existing, owner, write);
      return changed ? await this.#deps.endpoints.update(endpoint) : existing;
    });
    this.#known.remember(written);
    return written;
  }

  /**
   * Replaces an endpoint by what `change` makes of it, as long as it is the same Pod's.
   *
   * @param change gets what is there now; returns the same object when there is nothing to write
   */
  async alter(
    endpoint: SpiderEndpoint,
    change: (existing: SpiderEndpoint) => SpiderEndpoint,
    call: EndpointCall,
  ): Promise<void> {
    await this.#end(endpoint, call, async (existing) => {
      if (existing === undefined || !isSameAllocation(existing, endpoint)) return endpoint;
      const changed = change(existing);
      return changed === existing ? existing : await this.#deps.endpoints.update(changed);
    });
  }

  /** Lets go of an endpoint whose addresses are free: Kubernetes deletes it with its Pod. */
  async letGo(endpoint: SpiderEndpoint, call: EndpointCall): Promise<void> {
    await this.#end(endpoint, call, async (existing) => {
      if (existing !== undefined && isSameAllocation(existing, endpoint)) await this.#dropFinalizer(existing);
      return endpoint;
    });
  }

  /**
   * Marks an endpoint for deletion; its finalizer holds it. Nobody takes it over from then on.
   *
   * @returns it as it is then; `undefined` when it has gone, or another incarnation has taken it over
   */
  async condemn(endpoint: SpiderEndpoint, call: EndpointCall): Promise<SpiderEndpoint | undefined> {
    const { name, namespace = "" } = endpoint.metadata;
    let condemned: SpiderEndpoint | undefined;
    await this.#end(endpoint, call, async (existing) => {
      if (existing === undefined || !isSameAllocation(existing, endpoint)) return endpoint;
      const { uid, resourceVersion, deletionTimestamp } = existing.metadata;
      if (deletionTimestamp !== undefined) return condemned = existing;
      return void await this.#deps.endpoints.delete({ name, namespace }, { uid, resourceVersion });
    });
    return condemned;
  }

  /** Deletes an endpoint that no Pod owns, once its addresses are free. */
  async remove(endpoint: SpiderEndpoint, call: EndpointCall): Promise<void> {
    const { name, namespace = "" } = endpoint.metadata;
    await this.#end(endpoint, call, async (existing) => {
      if (existing === undefined || !isSameAllocation(existing, endpoint)) return endpoint;
      const { uid, resourceVersion, deletionTimestamp } = existing.metadata;
      if (deletionTimestamp === undefined) {
        return void await this.#deps.endpoints.delete({ name, namespace }, { uid, resourceVersion });
      }
      await this.#dropFinalizer(existing);
      return endpoint;
    });
  }

  /** Runs `attempt` on an endpoint that is not to be as it was. */
  async #end(
    endpoint: SpiderEndpoint,
    call: EndpointCall,
    attempt: (existing: SpiderEndpoint | undefined) => Promise<SpiderEndpoint | void>,
  ): Promise<void> {
    this.#known.forget(endpoint.metadata);
    await this.#until(endpoint.metadata, { ...call, existing: endpoint }, attempt);
  }

  /** Runs `attempt` on what is there until it returns a result; what can be mended by another look is tried again. */
  async #until(
    { name, namespace = "" }: ObjectKey,
    options: EndpointCall & { existing: SpiderEndpoint | undefined },
    attempt: (existing: SpiderEndpoint | undefined) => Promise<SpiderEndpoint | void>,
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
      existing = await this.get({ name, namespace }, signal);
    }
  }

  /** @throws `trouble` when the deadline has passed, or the signal's reason with it as the cause */
  async #pause(tries: number, trouble: unknown, { deadlineMs, signal }: EndpointCall): Promise<void> {
    const { clock, random } = this.#deps;
    if (signal.aborted) throw reasonWith(signal, trouble === signal.reason ? undefined : trouble);
    if (steadyNow(clock) >= deadlineMs) throw trouble;
    const pauseMs = Math.max(1, retryAfterMs(trouble), fullJitter(tries, { ...BACKOFF, random }));
    await clock.sleep(pauseMs, signal).catch(() => {
      throw reasonWith(signal, trouble);
    });
  }

  async #dropFinalizer({ metadata }: SpiderEndpoint): Promise<void> {
    const { name, namespace = "", resourceVersion, finalizers = [] } = metadata;
    if (!finalizers.includes(FINALIZER)) return;
    const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER);
    try {
      const patch = { metadata: { resourceVersion, finalizers: rest } };
      await this.#deps.endpoints.patch({ name, namespace }, { type: "merge", patch });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}

/** What a new endpoint says in place of one that somebody deleted under the living Pod: its other NICs are still there. */
function withOtherNics(write: EndpointWrite, deleted: SpiderEndpoint): EndpointWrite {
  const written = new Set(write.results.map(({ nic }) => nic));
  const others = resultsOfEndpoint(deleted).filter(({ nic }) => !written.has(nic));
  const attachments = attachmentsOf(deleted.metadata.annotations?.[annotationKeys.attachments]);
  return {
    ...write,
    results: [...others, ...write.results],
    attachments: { ...attachments, ...attachmentsAfter(attachments, write.attachments ?? {}) },
  };
}

/** Whether `existing` still is the object that was released, and nobody's addresses have been written into it since. */
function isSameAllocation(existing: SpiderEndpoint, released: SpiderEndpoint): boolean {
  return existing.metadata.uid === released.metadata.uid &&
    existing.status?.current.uid === released.status?.current.uid;
}

/** Whether another look at the object may help: conflicts, pleas for patience, and writes with an unknown outcome. */
function isMendable(err: unknown): boolean {
  if (err instanceof KubeApiError) return [409, 429].includes(err.status) || isOutcomeUnknown(err);
  return err instanceof KubeConnectionError || err instanceof KubeTimeoutError || err instanceof KubeResponseError;
}

function retryAfterMs(err: unknown): number {
  return err instanceof KubeApiError ? err.retryAfterMs ?? 0 : 0;
}
