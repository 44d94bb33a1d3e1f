/** Writes of the API: one function per verb. */
import { type ApiAnswer, errorAnswer, jsonAnswer } from "./answer.ts";
import { ApiError } from "./api_error.ts";
import { readObject } from "./body.ts";
import { type Call, versionAnswer } from "./call.ts";
import type { Core } from "./core.ts";
import { createObject } from "./create.ts";
import { deleteObject, readDeleteOptions } from "./delete.ts";
import { negotiateForm } from "./forms.ts";
import type { JsonObject } from "./json.ts";
import { listPage, pageText, readSelection } from "./list.ts";
import { checkPatchType, patchObject } from "./patch.ts";
import type { Resource } from "./resource.ts";
import { keyOf } from "./store.ts";
import { replaceObject } from "./update.ts";
import type { StoredVersion } from "./version.ts";
import { keyOfTarget, type WriteResult, type WriteTarget, writeTarget } from "./write_target.ts";

/** POST. */
export async function create(core: Core, call: Call): Promise<ApiAnswer> {
  const { request, resource } = call;
  return await answerWrite(
    core,
    call,
    async (target) => await createObject(core, target, { body: readObject(request, resource) }),
  );
}

/** PUT. */
export async function replace(core: Core, call: Call): Promise<ApiAnswer> {
  const { request, resource } = call;
  return await answerWrite(
    core,
    call,
    async (target) => await replaceObject(core, target, readObject(request, resource)),
  );
}

/** PATCH. */
export async function patch(core: Core, call: Call): Promise<ApiAnswer> {
  checkPatchType(call.request, call.resource);
  return await answerWrite(core, call, async (target) => await patchObject(core, target, call.request));
}

/** DELETE of one object. */
export async function remove(core: Core, call: Call): Promise<ApiAnswer> {
  const { request, path, resource } = call;
  const target = writeTarget({ ...request, query: {} }, path, resource);
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

/** DELETE of a collection: object by object, those that are gone since the list are left out. */
export async function deleteCollection(core: Core, { request, path, resource }: Call): Promise<ApiAnswer> {
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
