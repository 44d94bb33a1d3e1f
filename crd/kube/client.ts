/** Typed access to one Kind of a Kubernetes API. */
import type {
  CallOptions,
  DeleteOptions,
  ListAllOptions,
  ListOptions,
  Patch,
  ResourceClient,
  ResourceClientOptions,
  SubresourceOptions,
  WatchOptions,
  WriteOptions,
} from "./client_types.ts";
import type {
  KubeList,
  KubeObject,
  KubeRequest,
  KubeTransport,
  ObjectKey,
  ResourceType,
  WatchEvent,
} from "./contract.ts";
import { type Decode, decodeMetadata, listDecoder, objectDecoder } from "./decode.ts";
import { isGone, isNotFound } from "./errors.ts";
import { collectionPath, objectPath, requestLabel, requireNamespace } from "./path.ts";
import { openStream, type Sender, sendFor } from "./request.ts";
import { eventsOf, linesOf } from "./watch.ts";

export type {
  CallOptions,
  DeleteOptions,
  JsonPatchOperation,
  ListAllOptions,
  ListOptions,
  Patch,
  RawWriter,
  ResourceClient,
  ResourceClientOptions,
  ResourceReader,
  ResourceWriter,
  Selection,
  SubresourceOptions,
  WatchOptions,
  WriteOptions,
} from "./client_types.ts";

const MIB = 1 << 20;
const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** What the functions below share. */
interface Context<T extends KubeObject> extends Sender {
  readonly type: ResourceType<T>;
  readonly fieldManager: string | undefined;
  readonly maxEventBytes: number;
}

/** Objects as a whole, or only their metadata: what to ask for and how to read it. */
interface View<V> {
  readonly accept: string;
  readonly listAccept: string;
  readonly decode: Decode<V>;
}

/**
 * A client for the Kind `type` names.
 *
 * @example
 * ```ts ignore
 * const pods = resourceClient(transport, podType, { clock: systemClock });
 * const pod = await pods.get({ namespace: "default", name: "web-0" });
 * ```
 */
export function resourceClient<T extends KubeObject>(
  transport: KubeTransport,
  type: ResourceType<T>,
  options: ResourceClientOptions<T>,
): ResourceClient<T> {
  const { clock, timeoutMs = 15_000, fieldManager, maxBodyBytes = 64 * MIB, maxEventBytes = 16 * MIB } = options;
  const context: Context<T> = { transport, type, clock, timeoutMs, fieldManager, maxBodyBytes, maxEventBytes };
  const json = "application/json";
  const whole: View<T> = { accept: json, listAccept: json, decode: objectDecoder(type, options.decode) };
  const metadata = { accept: METADATA, listAccept: METADATA_LIST, decode: decodeMetadata };
  return {
    type,
    get: (key, call) => get(context, whole, { key, call }),
    tryGet: (key, call) => undefinedIfAbsent(get(context, whole, { key, call })),
    getMetadata: (key, call) => get(context, metadata, { key, call }),
    list: (call) => list(context, whole, call),
    listMetadata: (call) => list(context, metadata, call),
    listAll: (call) => listAll(context, whole, call),
    listAllMetadata: (call) => listAll(context, metadata, call),
    watch: (call) => watch(context, whole, call),
    watchMetadata: (call) => watch(context, metadata, call),
    create: (object, call) => create(context, whole, { object, call }),
    update: (object, call) => update(context, whole, { object, call }),
    updateStatus: (object, call) => update(context, whole, { object, call: { ...call, subresource: "status" } }),
    replaceRaw: (key, body, call) => replace(context, whole, { key, body, call }),
    replaceRawForMetadata: (key, body, call) => replace(context, metadata, { key, body, call }),
    patch: (key, patch, call) => patchObject(context, whole, { key, patch, call }),
    delete: (key, call) => deleteObject(context, key, call),
  };
}

/** One call on one object. */
interface ObjectCall<C extends CallOptions> {
  readonly key: ObjectKey;
  readonly call?: C | undefined;
}

async function get<T extends KubeObject, V>(
  context: Context<T>,
  { accept, decode }: View<V>,
  { key, call }: ObjectCall<CallOptions>,
): Promise<V> {
  return await sendFor(context, { method: "GET", path: objectPath(context.type, key), accept }, { decode, call });
}

async function undefinedIfAbsent<V>(answer: Promise<V>): Promise<V | undefined> {
  try {
    return await answer;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

async function list<T extends KubeObject, V>(
  context: Context<T>,
  { listAccept, decode }: View<V>,
  call: ListOptions = {},
): Promise<KubeList<V>> {
  const { namespace, labelSelector, fieldSelector, limit, continue: token, resourceVersion } = call;
  const query = queryOf({ labelSelector, fieldSelector, limit, continue: token, resourceVersion });
  const request: KubeRequest = {
    method: "GET",
    path: collectionPath(context.type, namespace),
    query,
    accept: listAccept,
  };
  return await sendFor(context, request, { decode: listDecoder(decode), call });
}

async function listAll<T extends KubeObject, V>(
  context: Context<T>,
  view: View<V>,
  { pageSize = 500, ...call }: ListAllOptions = {},
): Promise<KubeList<V>> {
  let page = await list(context, view, { ...call, limit: pageSize });
  const items = page.items;
  while (page.continue !== undefined) {
    try {
      page = await list(context, view, { ...call, limit: pageSize, continue: page.continue });
    } catch (err) {
      if (!isGone(err)) throw err;
      return await list(context, view, call); // paging was too slow for the server's history: all at once, once
    }
    for (const item of page.items) items.push(item);
  }
  return { items, resourceVersion: page.resourceVersion };
}

async function* watch<T extends KubeObject, V>(
  context: Context<T>,
  { accept, decode }: View<V>,
  call: WatchOptions = {},
): AsyncGenerator<WatchEvent<V>, void, undefined> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds = 300 } = call;
  const { allowWatchBookmarks = true, idleTimeoutMs, timeoutMs = context.timeoutMs } = call;
  const selection = { labelSelector, fieldSelector, resourceVersion };
  const query = queryOf({ watch: true, ...selection, allowWatchBookmarks, timeoutSeconds });
  const request: KubeRequest = { method: "GET", path: collectionPath(context.type, namespace), query, accept };
  // The server ends the watch by itself; later than that the connection must be dead.
  const lifetimeMs = timeoutSeconds * 1000 + timeoutMs;
  const chunks = openStream(context, request, { call, lifetimeMs, idleTimeoutMs });
  const label = requestLabel(request);
  yield* eventsOf(linesOf(chunks, { request: label, maxBytes: context.maxEventBytes }), { request: label, decode });
}

async function create<T extends KubeObject>(
  context: Context<T>,
  { decode }: View<T>,
  { object, call }: { readonly object: T; readonly call?: WriteOptions | undefined },
): Promise<T> {
  requireNamespace(context.type, object.metadata.namespace);
  const path = collectionPath(context.type, object.metadata.namespace);
  const request: KubeRequest = { method: "POST", path, query: writeQuery(context, call), body: JSON.stringify(object) };
  return await sendFor(context, request, { decode, call });
}

async function update<T extends KubeObject>(
  context: Context<T>,
  view: View<T>,
  { object, call }: { readonly object: T; readonly call?: SubresourceOptions | undefined },
): Promise<T> {
  return await replace(context, view, { key: object.metadata, body: JSON.stringify(object), call });
}

async function replace<T extends KubeObject, V>(
  context: Context<T>,
  { accept, decode }: View<V>,
  { key, body, call }: ObjectCall<SubresourceOptions> & { readonly body: string },
): Promise<V> {
  const path = objectPath(context.type, key, { subresource: call?.subresource });
  return await sendFor(context, { method: "PUT", path, query: writeQuery(context, call), body, accept }, {
    decode,
    call,
  });
}

async function patchObject<T extends KubeObject>(
  context: Context<T>,
  { decode }: View<T>,
  { key, patch, call }: ObjectCall<SubresourceOptions> & { readonly patch: Patch },
): Promise<T> {
  const path = objectPath(context.type, key, { subresource: call?.subresource });
  const query = writeQuery(context, call, patch.type === "apply" ? { force: patch.force } : {});
  if (patch.type === "apply" && query.fieldManager === undefined) {
    throw new TypeError(`Cannot apply to ${path}: a field manager is required and none is given`);
  }
  return await sendFor(context, { method: "PATCH", path, query, ...patchBody(patch) }, { decode, call });
}

function patchBody(patch: Patch): { readonly contentType: string; readonly body: string } {
  switch (patch.type) {
    case "json":
      return { contentType: "application/json-patch+json", body: JSON.stringify(patch.operations) };
    case "merge":
      return { contentType: "application/merge-patch+json", body: JSON.stringify(patch.patch) };
    case "apply":
      return { contentType: "application/apply-patch+yaml", body: JSON.stringify(patch.object) };
    default:
      return patch satisfies never;
  }
}

async function deleteObject<T extends KubeObject>(
  context: Context<T>,
  key: ObjectKey,
  call: DeleteOptions = {},
): Promise<void> {
  const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = call;
  const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
  const body = JSON.stringify({
    apiVersion: "v1",
    kind: "DeleteOptions",
    ...(preconditions && { preconditions }), // undefined fields do not appear in the JSON
    propagationPolicy,
    gracePeriodSeconds,
  });
  const request: KubeRequest = { method: "DELETE", path: objectPath(context.type, key), body };
  await sendFor(context, request, { decode: ignoreAnswer, call });
}

/** The answer to a DELETE is the object or a Status: neither is needed. */
function ignoreAnswer(): void {}

function writeQuery<T extends KubeObject>(
  context: Context<T>,
  call: WriteOptions | undefined,
  more: Readonly<Record<string, boolean | undefined>> = {},
): Record<string, string> {
  return queryOf({ fieldManager: call?.fieldManager ?? context.fieldManager, ...more });
}

function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): Record<string, string> {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
