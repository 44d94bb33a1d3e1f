/** Reads of the API: one function per verb. */
import { type ApiAnswer, jsonAnswer } from "./answer.ts";
import { type Call, versionAnswer } from "./call.ts";
import type { Core } from "./core.ts";
import { negotiateForm } from "./forms.ts";
import { listPage, pageText, readSelection } from "./list.ts";
import { malformedRevision, tryReadRevision } from "./list_options.ts";
import { notFound } from "./object_refusals.ts";
import { tooLargeResourceVersion, untyped } from "./request_refusals.ts";
import { openWatch } from "./watch.ts";

/** GET of one object. */
export function get(core: Core, call: Call): ApiAnswer {
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

/** GET of a collection. */
export function list(core: Core, { request, path, resource }: Call): ApiAnswer {
  const form = negotiateForm(request.accept, { purpose: "list", query: request.query });
  const page = listPage(core, request.query, readSelection(request.query, { resource, namespace: path.namespace }));
  return jsonAnswer(200, pageText(page, { resource, form, nowMs: core.clock.now() }));
}

/** Changes of a collection, or of one object. */
export function watch(core: Core, { request, path, resource, watchFault }: Call): ApiAnswer {
  const { accept, signal } = request;
  const named = path.name === "" ? {} : { fieldSelector: `metadata.name=${path.name}` };
  const query = { ...request.query, ...named };
  const form = negotiateForm(accept, { purpose: "watch", query });
  const selection = readSelection(query, { resource, namespace: path.namespace });
  const body = openWatch(core, { selection, form, query, signal, fault: watchFault });
  return { status: 200, contentType: "application/json", headers: {}, body };
}
