/** From a request to its answer: one function per verb. */
import { type ApiAnswer, errorAnswer, jsonAnswer } from "./answer.ts";
import { checkBodySize, readObject } from "./body.ts";
import type { Core } from "./core.ts";
import { deleteObject, readDeleteOptions } from "./delete.ts";
import { discover } from "./discovery.ts";
import type { WatchFault } from "./faults.ts";
import { negotiateForm, textIn } from "./forms.ts";
import type { JsonObject } from "./json.ts";
import { listPage, pageText, readSelection } from "./list.ts";
import { malformedRevision, tryReadRevision } from "./list_options.ts";
import { keyOf } from "./store.ts";
import { checkPatchType, patchObject } from "./patch.ts";
import { type ApiRequest, asksWatch, type PathTarget } from "./request.ts";
import type { Resource } from "./resource.ts";
import {
  ApiError,
  badRequest,
  internalError,
  methodNotAllowed,
  methodNotSupported,
  notFound,
  resourceNotFound,
  tooLargeResourceVersion,
  untyped,
} from "./status.ts";
import type { StoredVersion } from "./version.ts";
import { openWatch } from "./watch.ts";
import { createObject } from "./create.ts";
import { replaceObject } from "./update.ts";
import { keyOfTarget, type WriteResult, type WriteTarget, writeTarget } from "./write_target.ts";

/** What a handler gets. */
export interface Call {
  readonly request: ApiRequest;
  readonly path: PathTarget;
  readonly resource: Resource;
  readonly watchFault: WatchFault | undefined;
}

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

function get(core: Core, call: Call): ApiAnswer {
  const { request, resource, path } = call;
  negotiateForm(request.accept, { purpose: "object", query: request.query });
  checkReadVersion(core, request.query.resourceVersion);
  const key = { namespace: path.namespace, name: path.name };
  const version = core.store.get(resource, key);
  if (version === undefined) throw notFound(resource, path.name);
  return versionAnswer(core, { call, version, status: 200 });
}

/** A read waits for a version that is to come; a malformed one is not even a bad request. */
function checkReadVersion(core: Core, text: string | undefined): void {
  const wanted = tryReadRevision(text);
  if (wanted === "malformed") throw untyped(malformedRevision(text));
  if (wanted > core.store.revision) throw tooLargeResourceVersion(wanted, core.store.revision);
}

function list(core: Core, { request, path, resource }: Call): ApiAnswer {
  const form = negotiateForm(request.accept, { purpose: "list", query: request.query });
  const page = listPage(core, request.query, readSelection(request.query, { resource, namespace: path.namespace }));
  return jsonAnswer(200, pageText(page, { resource, form, nowMs: core.clock.now() }));
}

function watch(core: Core, { request, path, resource, watchFault }: Call): ApiAnswer {
  const { accept, signal } = request;
  const named = path.name === "" ? {} : { fieldSelector: `metadata.name=${path.name}` };
  const query = { ...request.query, ...named };
  const form = negotiateForm(accept, { purpose: "watch", query });
  const selection = readSelection(query, { resource, namespace: path.namespace });
  const body = openWatch(core, { selection, form, query, signal, fault: watchFault });
  return { status: 200, contentType: "application/json", headers: {}, body };
}

async function create(core: Core, call: Call): Promise<ApiAnswer> {
  const { request, resource } = call;
  return await answerWrite(
    core,
    call,
    async (target) => await createObject(core, target, { body: readObject(request, resource) }),
  );
}

async function replace(core: Core, call: Call): Promise<ApiAnswer> {
  const { request, resource } = call;
  return await answerWrite(
    core,
    call,
    async (target) => await replaceObject(core, target, readObject(request, resource)),
  );
}

async function patch(core: Core, call: Call): Promise<ApiAnswer> {
  checkPatchType(call.request, call.resource);
  return await answerWrite(core, call, async (target) => await patchObject(core, target, call.request));
}

async function remove(core: Core, call: Call): Promise<ApiAnswer> {
  const { request, path, resource } = call;
  const target = { ...writeTarget({ ...request, query: {} }, path, resource) };
  const options = readDeleteOptions(request);
  const { version, gone } = await deleteObject(core, { ...target, dryRun: options.dryRun }, options);
  if (!gone || resource.behavior.returnDeleted) return versionAnswer(core, { call, version, status: 200 });
  return jsonAnswer(200, JSON.stringify(deletedStatus(version, resource)));
}

function deletedStatus({ object }: StoredVersion, resource: Resource): JsonObject {
  const { name, uid } = object.metadata;
  const group: JsonObject = resource.group === "" ? {} : { group: resource.group };
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, ...group, kind: resource.plural, uid },
  };
}

async function deleteCollection(core: Core, { request, path, resource }: Call): Promise<ApiAnswer> {
  const options = readDeleteOptions(request);
  const selection = readSelection(request.query, { resource, namespace: path.namespace });
  const page = listPage(core, {}, { ...selection, hasSelector: true });
  for (const { object } of page.versions) {
    const target = writeTarget({ ...request, query: {} }, { ...path, ...withNamespace(keyOf(object)) }, resource);
    if (core.store.get(resource, keyOfTarget(target)) === undefined) continue; // gone since the list
    await deleteObject(core, { ...target, dryRun: options.dryRun }, options);
  }
  return jsonAnswer(200, pageText(page, { resource, form: { kind: "object" }, nowMs: core.clock.now() }));
}

function withNamespace({ namespace = "", name }: { namespace?: string | undefined; name: string }) {
  return { namespace, name };
}

/** Runs a write and answers; warnings come with a refusal, too. */
async function answerWrite(
  core: Core,
  call: Call,
  write: (target: WriteTarget) => Promise<WriteResult>,
): Promise<ApiAnswer> {
  const { request, path, resource } = call;
  negotiateForm(request.accept, { purpose: "object", query: request.query });
  const target = writeTarget(request, path, resource);
  try {
    const { status, version } = await write(target);
    return withWarnings(versionAnswer(core, { call, version, status }), target);
  } catch (err) {
    if (err instanceof ApiError) return withWarnings(errorAnswer(err), target);
    throw err;
  }
}

function withWarnings(answer: ApiAnswer, { warnings }: WriteTarget): ApiAnswer {
  if (warnings.length === 0) return answer;
  const warning = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(", ");
  return { ...answer, headers: { ...answer.headers, warning } };
}

function versionAnswer(
  core: Core,
  { call, version, status }: { call: Call; version: StoredVersion; status: number },
): ApiAnswer {
  const { request, resource } = call;
  const form = negotiateForm(request.accept, { purpose: "object", query: request.query });
  return jsonAnswer(status, textIn(form, version, { resource, nowMs: core.clock.now() }));
}
