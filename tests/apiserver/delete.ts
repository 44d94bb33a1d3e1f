/** DELETE: preconditions, grace, finalizers. Source: apiserver, `registry/rest/delete.go` and `registry/generic`. */
import { admit } from "./prepare.ts";
import { type Core, timestampOf } from "./core.ts";
import { arrayOr, at, isObject, type Json, objectOr, stringOf } from "./json.ts";
import { type ApiObject, finalizersOf, withField, withMeta } from "./object.ts";
import { isFinished } from "./prepare.ts";
import { readJson, readYaml } from "./body.ts";
import type { ApiRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { badRequest, conflict, notFound } from "./status.ts";
import { StoredVersion } from "./version.ts";
import { keyOfTarget, type WriteTarget } from "./write_target.ts";

/** Source: `DeleteOptions v1 meta`. */
export interface DeleteOptions {
  /** Seconds; `undefined` leaves it to the object. */
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: "Orphan" | "Background" | "Foreground" | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
}

/**
 * Options from the body or, without one, the query.
 *
 * @throws {ApiError} 400 for values the server does not know
 */
export function readDeleteOptions({ body, contentType, query }: ApiRequest): DeleteOptions {
  const json = body === ""
    ? {}
    : objectOr(contentType.startsWith("application/yaml") ? readYaml(body) : readJson(body));
  const grace = json.gracePeriodSeconds ??
    (query.gracePeriodSeconds === undefined ? undefined : Number(query.gracePeriodSeconds));
  if (grace !== undefined && grace !== null && !Number.isInteger(grace)) {
    throw badRequest("gracePeriodSeconds: must be a whole number of seconds");
  }
  const dryRun = json.dryRun ?? (query.dryRun === undefined ? [] : [query.dryRun]);
  if (!arrayOr(dryRun).every((value) => value === "All")) {
    throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`);
  }
  return {
    gracePeriodSeconds: typeof grace === "number" ? grace : undefined,
    propagationPolicy: policyOf(stringOf(json.propagationPolicy) ?? query.propagationPolicy, json.orphanDependents),
    uid: stringOf(at(json, "preconditions", "uid")),
    resourceVersion: stringOf(at(json, "preconditions", "resourceVersion")),
    dryRun: arrayOr(dryRun).length > 0,
  };
}

function policyOf(text: string | undefined, orphanDependents: Json | undefined): DeleteOptions["propagationPolicy"] {
  if (text === undefined) return orphanDependents === true ? "Orphan" : undefined;
  if (text === "Orphan" || text === "Background" || text === "Foreground") return text;
  throw badRequest(
    `propagationPolicy: Unsupported value: ${
      JSON.stringify(text)
    }: supported values: "Foreground", "Background", "Orphan"`,
  );
}

/** What a delete left behind. */
export interface DeleteResult {
  /** The object as it is now, or as it was when it went. */
  readonly version: StoredVersion;
  /** Whether it is gone. */
  readonly gone: boolean;
}

/**
 * Deletes an object, or marks it while a grace period or finalizers hold it.
 *
 * @throws {ApiError} 404, or 409 when a precondition fails
 */
export async function deleteObject(core: Core, target: WriteTarget, options: DeleteOptions): Promise<DeleteResult> {
  const { resource, namespace, name, dryRun } = target;
  const find = () => {
    const version = core.store.get(resource, keyOfTarget(target));
    if (version === undefined) throw notFound(resource, name);
    return version;
  };
  checkDelete(find(), { target, options });
  await admit(core, {
    operation: "DELETE",
    resource,
    subresource: "",
    namespace,
    name,
    object: undefined,
    oldObject: find().object,
    dryRun,
  });
  const old = find();
  checkDelete(old, { target, options });
  return storeDelete(core, { old, target, options });
}

function checkDelete(
  { object, revision }: StoredVersion,
  { target: { resource, name }, options }: { target: WriteTarget; options: DeleteOptions },
): void {
  if (options.uid !== undefined && options.uid !== object.metadata.uid) {
    const text = `UID in precondition: ${options.uid}, UID in object meta: ${object.metadata.uid}`;
    throw conflict(resource, name, `Precondition failed: ${text}`);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== String(revision)) {
    throw conflict(
      resource,
      name,
      "the ResourceVersion in the precondition " +
        `(${options.resourceVersion}) does not match the ResourceVersion in record (${revision}). The object might have been modified`,
    );
  }
}

function storeDelete(
  core: Core,
  { old, target, options }: { old: StoredVersion; target: WriteTarget; options: DeleteOptions },
): DeleteResult {
  const { resource } = target;
  const marked = markDeleted(old.object, { resource, options, now: core.clock.now() });
  if (marked === undefined || isFinished(marked)) {
    if (options.dryRun) return { version: old, gone: true };
    return { version: core.store.remove(resource, keyOfTarget(target)) ?? old, gone: true };
  }
  if (marked === old.object) return { version: old, gone: false };
  if (options.dryRun) return { version: new StoredVersion(marked, old.revision), gone: false };
  return { version: core.store.put(resource, marked), gone: false };
}

/** The object as a delete marks it; itself when nothing changes; `undefined` when nothing holds it. Pure. */
export function markDeleted(
  object: ApiObject,
  { resource, options, now }: { resource: Resource; options: DeleteOptions; now: number },
): ApiObject | undefined {
  const finalizers = finalizersFor(object, options);
  const grace = graceOf(object, { resource, options });
  const named = withMeta(object, { finalizers: finalizers.length === 0 ? undefined : finalizers });
  const sameFinalizers = finalizers.join() === finalizersOf(object).join();
  const before = object.metadata.deletionGracePeriodSeconds;
  if (object.metadata.deletionTimestamp !== undefined) {
    if (typeof before !== "number" || grace >= before) return sameFinalizers ? object : named;
    return withMeta(named, { deletionTimestamp: timestampOf(now + grace * 1000), deletionGracePeriodSeconds: grace });
  }
  const isHeld = grace > 0 || finalizers.length > 0 || isNamespace(resource);
  if (!isHeld) return undefined;
  const { generation } = object.metadata;
  return markNamespace(
    withMeta(named, {
      deletionTimestamp: timestampOf(now + grace * 1000),
      deletionGracePeriodSeconds: isNamespace(resource) ? undefined : grace,
      ...(typeof generation === "number" ? { generation: generation + 1 } : {}),
    }),
    resource,
  );
}

function isNamespace({ group, kind }: Resource): boolean {
  return group === "" && kind === "Namespace";
}

function markNamespace(object: ApiObject, resource: Resource): ApiObject {
  if (!isNamespace(resource)) return object;
  return withField(object, "status", { ...objectOr(object.status), phase: "Terminating" });
}

function finalizersFor(object: ApiObject, { propagationPolicy }: DeleteOptions): string[] {
  const others = finalizersOf(object).filter((item) => item !== "orphan" && item !== "foregroundDeletion");
  switch (propagationPolicy) {
    case "Orphan":
      return [...others, "orphan"];
    case "Foreground":
      return [...others, "foregroundDeletion"];
    case "Background":
      return others;
    case undefined:
      return finalizersOf(object);
  }
}

/** Seconds a Pod may take to stop; other Kinds take none. */
function graceOf(object: ApiObject, { resource, options }: { resource: Resource; options: DeleteOptions }): number {
  if (resource.group !== "" || resource.kind !== "Pod") return 0;
  const own = at(objectOr(object.spec), "terminationGracePeriodSeconds");
  const phase = at(objectOr(object.status), "phase");
  if (!stringOf(at(objectOr(object.spec), "nodeName"))) return 0;
  if (phase === "Failed" || phase === "Succeeded") return 0;
  const already = object.metadata.deletionGracePeriodSeconds;
  const fallback = typeof already === "number" ? already : typeof own === "number" ? own : 30;
  const grace = options.gracePeriodSeconds ?? fallback;
  return grace < 0 ? 1 : grace;
}

/** Whether an object names `owner` among its owners. */
export function isOwnedBy(object: ApiObject, ownerUid: string): boolean {
  return arrayOr(object.metadata.ownerReferences).some((owner) => isObject(owner) && owner.uid === ownerUid);
}
