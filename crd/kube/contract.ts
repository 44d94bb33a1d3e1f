/**
 * The whole API server as one interface with one method. Transports implement it ({@link ./in_cluster.ts},
 * {@link ./kubeconfig.ts}, the embedded API of the tests); everything else only knows this file.
 */

/** Verbs of the Kubernetes API. */
export type KubeMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request. */
export interface KubeRequest {
  readonly method: KubeMethod;
  /** Absolute path without query, e.g. `/apis/spiderpool.spidernet.io/v2beta1/spiderippools/p/status`. */
  readonly path: string;
  /** Query parameters, not yet encoded. */
  readonly query?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  /** @default "application/json" when there is a body */
  readonly contentType?: string;
  /** @default "application/json" */
  readonly accept?: string;
  /** Ends the request; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** One response, whatever its status. */
export interface KubeResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Bytes of the body; the caller reads or cancels it. `null` when there is none. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** All of {@linkcode body} at once, instead of it: present where the transport can do that cheaper than by a stream. */
  readonly bytes?: () => Promise<Uint8Array>;
}

/** A way to an API server. */
export interface KubeTransport {
  /**
   * Sends one request.
   *
   * @throws {KubeConnectionError} if no response arrived: the outcome of a write is then unknown
   * @throws `request.signal.reason` when that signal is aborted: the outcome of a write is then unknown
   */
  request(request: KubeRequest): Promise<KubeResponse>;
}

/** Metadata of an object: the fields read or written here. Unknown ones are kept. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

/** Source: Kubernetes API reference, `OwnerReference v1 meta`. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** What every object has. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object of which only metadata was asked (`as=PartialObjectMetadata`). */
export interface PartialObjectMetadata extends KubeObject {
  apiVersion: "meta.k8s.io/v1";
  kind: "PartialObjectMetadata";
}

/** A list response. */
export interface KubeList<T> {
  readonly items: T[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
  /** Token of the next page; absent on the last. */
  readonly continue?: string;
}

/** Names one object; `namespace` is absent for cluster-scoped Kinds. */
export interface ObjectKey {
  readonly name: string;
  readonly namespace?: string;
}

/** A watch event. `BOOKMARK` carries only `metadata.resourceVersion`. */
export type WatchEvent<T> = { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T } | {
  readonly type: "BOOKMARK";
  readonly resourceVersion: string;
};

/** A Kind on the wire. `T` exists only in the types. */
export interface ResourceType<T extends KubeObject> {
  /** `""` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Whether `/status` exists. */
  readonly hasStatus: boolean;
  /** Phantom: carries `T` to typed clients; never set. */
  readonly object?: T;
}
