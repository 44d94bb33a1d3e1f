/** From a request to its answer: which verb is asked of which resource. */
import { type ApiAnswer, errorAnswer } from "./answer.ts";
import { ApiError } from "./api_error.ts";
import { checkBodySize } from "./body.ts";
import type { Call } from "./call.ts";
import type { Core } from "./core.ts";
import { discover } from "./discovery.ts";
import type { WatchFault } from "./faults.ts";
import { methodNotSupported, notFound } from "./object_refusals.ts";
import { get, list, watch } from "./read_verbs.ts";
import { type ApiRequest, asksWatch, type PathTarget } from "./request.ts";
import { badRequest, internalError, methodNotAllowed, resourceNotFound } from "./request_refusals.ts";
import type { Resource } from "./resource.ts";
import { create, deleteCollection, patch, remove, replace } from "./write_verbs.ts";

type Handler = (core: Core, call: Call) => ApiAnswer | Promise<ApiAnswer>;

/** Answers a request; refusals and surprises become error answers. */
export async function answerRequest(
  core: Core,
  { request, path, watchFault }: {
    request: ApiRequest;
    path: PathTarget | undefined;
    watchFault: WatchFault | undefined;
  },
): Promise<ApiAnswer> {
  try {
    checkBodySize(request.body);
    const resource = path && core.registry.find(path);
    if (path === undefined || resource === undefined || !isScopeRight(request, { path, resource })) {
      return unserved(core, request, path);
    }
    if (!hasSubresource(path, resource)) throw resource.custom ? notFound(resource, path.name) : resourceNotFound();
    const handler = handlerOf(request, { path, isNamespaced: resource.namespaced });
    if (handler === undefined) throw refusedMethod(request, { path, resource });
    return await handler(core, { request, path, resource, watchFault });
  } catch (err) {
    if (err instanceof ApiError) return errorAnswer(err);
    return errorAnswer(internalError(err instanceof Error ? err.stack ?? err.message : String(err)));
  }
}

/** Below the groups of the server itself a path that leads nowhere is answered with a Status. */
function unserved(core: Core, request: ApiRequest, path: PathTarget | undefined): ApiAnswer {
  if (path !== undefined && core.registry.isBuiltinGroup(path.group)) throw resourceNotFound();
  return discover(core, request);
}

/** Whether the path has a namespace where the Kind has one. Collections of all namespaces are there to be read. */
function isScopeRight({ method }: ApiRequest, { path, resource }: { path: PathTarget; resource: Resource }): boolean {
  if (!resource.namespaced) return path.namespace === "";
  return path.namespace !== "" || (path.name === "" && (method === "GET" || !resource.custom));
}

function hasSubresource({ subresource }: PathTarget, { hasStatus }: Resource): boolean {
  return subresource === "" || (subresource === "status" && hasStatus);
}

/** Custom resources have one handler for all methods, which misses a name first. */
function refusedMethod(
  { method }: ApiRequest,
  { path, resource }: { path: PathTarget; resource: Resource },
): ApiError {
  if (!resource.custom) return methodNotAllowed();
  if (path.name === "") return badRequest("name must be provided");
  return methodNotSupported(resource, method === "DELETE" ? "delete" : "create");
}

function handlerOf(
  { method, query }: ApiRequest,
  { path, isNamespaced }: { path: PathTarget; isNamespaced: boolean },
): Handler | undefined {
  if (path.name === "") {
    if (method === "GET") return asksWatch(query) ? watch : list;
    if (path.namespace === "" && isNamespaced) return undefined;
    return method === "POST" ? create : method === "DELETE" ? deleteCollection : undefined;
  }
  switch (method) {
    case "GET":
      return asksWatch(query) ? watch : get;
    case "PUT":
      return replace;
    case "PATCH":
      return patch;
    case "DELETE":
      return path.subresource === "" ? remove : undefined;
    case "POST":
      return undefined;
  }
}
