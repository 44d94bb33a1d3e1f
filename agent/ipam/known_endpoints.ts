import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";
import { keyOf } from "../../crd/kube/key.ts";

/** Most endpoints remembered; those written longest ago are forgotten. Some 1 KB each. */
const MAX_ENDPOINTS = 1024;
/** Longest endpoint remembered, in characters of JSON. */
const MAX_LENGTH = 8192;

/**
 * Endpoints as this process wrote them last. All ADDs of a Pod are made by the agent of its node, so the endpoint of a
 * Pod that was served here says what it holds, without another question. Whoever else may have written it since is found
 * out by the resourceVersion that every write carries: what is answered without a write, as a repeated ADD is, reads the
 * endpoint all the same. Endpoints that outlive their Pods are not remembered: other nodes' agents write those, too.
 */
export class KnownEndpoints {
  /** JSON by key, oldest first: text takes a third of the memory, and nobody can change it. */
  readonly #texts = new Map<string, string>();

  /** Number of endpoints remembered. */
  get size(): number {
    return this.#texts.size;
  }

  /** This was written, and answered. */
  remember(endpoint: SpiderEndpoint): void {
    const { managedFields: _, ...metadata } = endpoint.metadata as SpiderEndpoint["metadata"] & {
      managedFields?: unknown;
    };
    const key = keyOf(metadata);
    this.#texts.delete(key);
    const text = JSON.stringify({ ...endpoint, metadata });
    if (!goesWithItsPod(endpoint) || text.length > MAX_LENGTH) return;
    this.#texts.set(key, text);
    if (this.#texts.size > MAX_ENDPOINTS) this.#texts.delete(this.#texts.keys().next().value!);
  }

  /** It is being written, or is at its end. */
  forget(key: ObjectKey): void {
    this.#texts.delete(keyOf(key));
  }

  /** The endpoint of the Pod with this UID, if it was written here. */
  of(key: ObjectKey, podUid: string): SpiderEndpoint | undefined {
    const text = this.#texts.get(keyOf(key));
    const endpoint = text === undefined ? undefined : JSON.parse(text) as SpiderEndpoint;
    return endpoint?.status?.current.uid === podUid ? endpoint : undefined;
  }
}

/** Whether the endpoint belongs to the one Pod whose addresses it lists. */
function goesWithItsPod({ metadata, status }: SpiderEndpoint): boolean {
  const uid = status?.current.uid;
  return uid !== undefined &&
    metadata.ownerReferences?.some((owner) => owner.kind === "Pod" && owner.uid === uid) === true;
}
