/** Reads of one Kind: one function per verb. */
import type { CallOptions, ListAllOptions, ListOptions, WatchOptions } from "./client_types.ts";
import { type Context, type ObjectCall, queryOf, type View } from "./client_context.ts";
import type { KubeList, KubeObject, KubeRequest, WatchEvent } from "./contract.ts";
import { listDecoder } from "./decode.ts";
import { isGone, isNotFound, KubeResponseError } from "./errors.ts";
import { collectionPath, objectPath, requestLabel } from "./path.ts";
import { openStream, sendFor } from "./request.ts";
import { eventsOf, linesOf } from "./watch.ts";

/** GET of one object. */
export async function get<T extends KubeObject, V>(
  context: Context<T>,
  { accept, decode }: View<V>,
  { key, call }: ObjectCall<CallOptions>,
): Promise<V> {
  return await sendFor(context, { method: "GET", path: objectPath(context.type, key), accept }, { decode, call });
}

/** What was found, or `undefined` for a 404. */
export async function undefinedIfAbsent<V>(answer: Promise<V>): Promise<V | undefined> {
  try {
    return await answer;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

/** One page. */
export async function list<T extends KubeObject, V>(
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

/** All pages. */
export async function listAll<T extends KubeObject, V>(
  context: Context<T>,
  view: View<V>,
  { pageSize = 500, ...call }: ListAllOptions = {},
): Promise<KubeList<V>> {
  let page = await list(context, view, { ...call, limit: pageSize });
  const items = page.items;
  for (let token = page.continue; token !== undefined; token = page.continue) {
    try {
      page = await list(context, view, { ...call, limit: pageSize, continue: token });
    } catch (err) {
      if (!isGone(err)) throw err;
      return await list(context, view, call); // paging was too slow for the server's history: all at once, once
    }
    if (page.continue === token) throw endless(collectionPath(context.type, call.namespace));
    for (const item of page.items) items.push(item);
  }
  return { items, resourceVersion: page.resourceVersion };
}

function endless(path: string): KubeResponseError {
  const problem =
    "its continue token is the one that asked for it; look at what stands between here and the API server";
  return new KubeResponseError(`GET ${path}`, problem);
}

/** Events as they come. */
export async function* watch<T extends KubeObject, V>(
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
