import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import {
  endpointFor,
  endpointNameOf,
  type EndpointOwner,
  type EndpointWrite,
  finalizer,
  mergeEndpoint,
} from "../../crd/ipam/endpoint.ts";
import { podUidOf } from "../../crd/ipam/pod_identity.ts";
import type { ResourceClient } from "../../crd/kube/client_types.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";
import { isNotFound } from "../../crd/kube/errors.ts";
import { type EndpointCall, EndpointTries, type EndpointTry } from "./endpoint_tries.ts";
import { KnownEndpoints } from "./known_endpoints.ts";
import { withOtherNics } from "./replaced_endpoint.ts";

/** What the store works with. */
export interface EndpointStoreDeps {
  /** `tryGet` is patient. */
  readonly endpoints: Pick<ResourceClient<SpiderEndpoint>, "tryGet" | "create" | "update" | "patch" | "delete">;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Reads and writes SpiderEndpoints. Writes are repeated from a live read until they are known to be done. A write on its
 * way is finished even if its caller has gone: otherwise it could be done after the DEL that follows, and an endpoint
 * with our finalizer would outlive its Pod.
 */
export class EndpointStore {
  readonly #deps: EndpointStoreDeps;
  readonly #tries: EndpointTries;
  readonly #known = new KnownEndpoints();

  constructor(deps: EndpointStoreDeps) {
    const { clock, random } = deps;
    this.#deps = deps;
    this.#tries = new EndpointTries({ get: (key, signal) => this.get(key, signal), clock, random });
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
    const written = await this.#tries.until(key, options, async (existing) => {
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
  async #end(endpoint: SpiderEndpoint, call: EndpointCall, attempt: EndpointTry): Promise<void> {
    this.#known.forget(endpoint.metadata);
    await this.#tries.until(endpoint.metadata, { ...call, existing: endpoint }, attempt);
  }

  async #dropFinalizer({ metadata }: SpiderEndpoint): Promise<void> {
    const { name, namespace = "", resourceVersion, finalizers = [] } = metadata;
    if (!finalizers.includes(finalizer)) return;
    const rest = finalizers.filter((other) => other !== finalizer);
    try {
      const patch = { metadata: { resourceVersion, finalizers: rest } };
      await this.#deps.endpoints.patch({ name, namespace }, { type: "merge", patch });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}

/** Whether `existing` still is the object that was released, and nobody's addresses have been written into it since. */
function isSameAllocation(existing: SpiderEndpoint, released: SpiderEndpoint): boolean {
  return existing.metadata.uid === released.metadata.uid &&
    existing.status?.current.uid === released.status?.current.uid;
}
