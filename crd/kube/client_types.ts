/** What a client for one Kind can do, and the options of each call. */
import type { KubeList, KubeObject, ObjectKey, PartialObjectMetadata, ResourceType, WatchEvent } from "./contract.ts";
import type { Clock } from "../../net/base/clock.ts";

/** Bounds of one call. */
export interface CallOptions {
  /** Ends the call; its reason is thrown. The outcome of a write is then unknown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until a `KubeTimeoutError`. @default the client's `timeoutMs` */
  readonly timeoutMs?: number | undefined;
}

/** Which objects. */
export interface Selection {
  /** Only this namespace; absent: all. */
  readonly namespace?: string | undefined;
  /** Such as `app=web,tier!=cache`. */
  readonly labelSelector?: string | undefined;
  /** Such as `spec.nodeName=n1`. */
  readonly fieldSelector?: string | undefined;
}

/** Options of one page. */
export interface ListOptions extends CallOptions, Selection {
  /** Objects per page; absent: all. */
  readonly limit?: number | undefined;
  /** Token of the page before. */
  readonly continue?: string | undefined;
  /** Absent: a consistent read; `"0"`: whatever the server has cached. */
  readonly resourceVersion?: string | undefined;
}

/** Options of a list in pages. `timeoutMs` holds for each page. */
export interface ListAllOptions extends CallOptions, Selection {
  /** Objects per page. @default 500 */
  readonly pageSize?: number | undefined;
}

/** Options of a watch. `timeoutMs` holds until the answer starts. */
export interface WatchOptions extends CallOptions, Selection {
  /** Events after this version; absent: starts with an ADDED for each existing object. */
  readonly resourceVersion?: string | undefined;
  /** Seconds after which the server ends the watch. @default 300 */
  readonly timeoutSeconds?: number | undefined;
  /** Ask for BOOKMARK events. @default true */
  readonly allowWatchBookmarks?: boolean | undefined;
  /** Milliseconds without a byte after which the connection counts as dead; absent: only `timeoutSeconds` ends it. */
  readonly idleTimeoutMs?: number | undefined;
}

/** Options of create and update. */
export interface WriteOptions extends CallOptions {
  /** Who owns the written fields. @default the client's `fieldManager` */
  readonly fieldManager?: string | undefined;
}

/** A write to a subresource instead of the object. */
export interface SubresourceOptions extends WriteOptions {
  readonly subresource?: "status" | undefined;
}

/** One step of a JSON patch. Source: RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly from: string; readonly path: string };

/** A change: RFC 6902, RFC 7386, or server-side apply (`force` takes fields over from other managers). */
export type Patch =
  | { readonly type: "json"; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: "merge"; readonly patch: Readonly<Record<string, unknown>> }
  | {
    readonly type: "apply";
    readonly object: Readonly<Record<string, unknown>>;
    readonly force?: boolean | undefined;
  };

/** Options of delete. */
export interface DeleteOptions extends CallOptions {
  /** Only this incarnation; another one is a 409 `Conflict`. */
  readonly uid?: string | undefined;
  /** Only this version; another one is a 409 `Conflict`. */
  readonly resourceVersion?: string | undefined;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground" | undefined;
  readonly gracePeriodSeconds?: number | undefined;
}

/** Reads of one Kind. */
export interface ResourceReader<T extends KubeObject> {
  readonly type: ResourceType<T>;
  /** @throws {KubeApiError} 404 if absent */
  get(key: ObjectKey, options?: CallOptions): Promise<T>;
  /** @returns `undefined` if absent */
  tryGet(key: ObjectKey, options?: CallOptions): Promise<T | undefined>;
  /** Like {@linkcode get}, but only metadata crosses the wire. */
  getMetadata(key: ObjectKey, options?: CallOptions): Promise<PartialObjectMetadata>;
  /** One page. */
  list(options?: ListOptions): Promise<KubeList<T>>;
  /** One page of metadata. */
  listMetadata(options?: ListOptions): Promise<KubeList<PartialObjectMetadata>>;
  /** All pages; starts over once when a `continue` token expired (410). */
  listAll(options?: ListAllOptions): Promise<KubeList<T>>;
  /** All pages of metadata; otherwise like {@linkcode listAll}. */
  listAllMetadata(options?: ListAllOptions): Promise<KubeList<PartialObjectMetadata>>;
  /**
   * Changes as they happen; ends when the server ends it. Leaving the loop closes the connection.
   *
   * @throws {KubeApiError} also for an ERROR event
   * @throws {KubeConnectionError} if the connection broke
   * @throws {KubeTimeoutError} if the server neither sent nor ended anything in time
   */
  watch(options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** Like {@linkcode watch}, but only metadata crosses the wire. */
  watchMetadata(options?: WatchOptions): AsyncIterable<WatchEvent<PartialObjectMetadata>>;
}

/** Writes of one Kind. */
export interface ResourceWriter<T extends KubeObject> {
  /** @returns the object as stored */
  create(object: T, options?: WriteOptions): Promise<T>;
  /** PUT: replaces the object; its `resourceVersion`, if set, must be current, else 409 `Conflict`. */
  update(object: T, options?: WriteOptions): Promise<T>;
  /** PUT of `/status`. */
  updateStatus(object: T, options?: WriteOptions): Promise<T>;
  /** Changes parts of the object. @throws {TypeError} for an apply patch without a field manager */
  patch(key: ObjectKey, patch: Patch, options?: SubresourceOptions): Promise<T>;
  /** Deletes the object, or marks it deleted while finalizers hold it. @throws {KubeApiError} 404 if absent */
  delete(key: ObjectKey, options?: DeleteOptions): Promise<void>;
}

/** PUT of a body that is serialized already: for writers of large objects. */
export interface RawWriter<T extends KubeObject> {
  /** PUT of `body`, the JSON of the object `key` names, unchecked. */
  replaceRaw(key: ObjectKey, body: string, options?: SubresourceOptions): Promise<T>;
  /** Like {@linkcode replaceRaw}, but only metadata comes back: the new resourceVersion without the large object. */
  replaceRawForMetadata(key: ObjectKey, body: string, options?: SubresourceOptions): Promise<PartialObjectMetadata>;
}

/** Everything about one Kind. Ask for the parts you use. */
export interface ResourceClient<T extends KubeObject> extends ResourceReader<T>, ResourceWriter<T>, RawWriter<T> {}

/** Options of `resourceClient`. */
export interface ResourceClientOptions<T extends KubeObject> {
  readonly clock: Clock;
  /** Milliseconds for each request until a `KubeTimeoutError`. @default 15000 */
  readonly timeoutMs?: number | undefined;
  /** Who owns the written fields. @default the server derives it from the user agent */
  readonly fieldManager?: string | undefined;
  /** Longest answer in bytes. @default 67108864 */
  readonly maxBodyBytes?: number | undefined;
  /** Longest watch event in bytes. @default 16777216 */
  readonly maxEventBytes?: number | undefined;
  /** Checks what the Kind's schema says. Its error becomes a `KubeResponseError`. @default only metadata is checked */
  readonly decode?: ((json: KubeObject) => T) | undefined;
}
