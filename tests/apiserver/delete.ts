/** DELETE: preconditions, grace, finalizers. Source: apiserver, `registry/rest/delete.go` and `registry/generic`. */
import { admit } from "./prepare.ts";
import type { Core } from "./core.ts";
import { planDelete } from "./delete_plan.ts";
import { arrayOr, at, equalJson, isObject, type Json, type JsonObject, stringOf } from "./json.ts";
import type { ApiObject } from "./object.ts";
import { readJson, readYaml } from "./body.ts";
import type { ApiRequest } from "./request.ts";
import { invalid, notSupported } from "./field_error.ts";
import type { Resource } from "./resource.ts";
import { badRequest, untyped } from "./request_refusals.ts";
import { conflict, notFound, type ResourceName } from "./object_refusals.ts";
import { StoredVersion } from "./version.ts";
import { optionsError } from "./write_options.ts";
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
 * @throws {ApiError} 400, 422 or 500 for values the server does not know
 */
export function readDeleteOptions({ body, contentType, query }: ApiRequest): DeleteOptions {
  const json = body === "" ? optionsOfQuery(query) : optionsOfBody(body, contentType);
  const grace = json.gracePeriodSeconds;
  const dryRun = json.dryRun ?? [];
  if (!arrayOr(dryRun).every((value) => value === "All")) {
    throw optionsError("DeleteOptions", [notSupported("dryRun", dryRun, ["All"])]);
  }
  return {
    gracePeriodSeconds: typeof grace === "number" ? grace : undefined,
    propagationPolicy: policyOf(json),
    uid: stringOf(at(json, "preconditions", "uid")),
    resourceVersion: stringOf(at(json, "preconditions", "resourceVersion")),
    dryRun: arrayOr(dryRun).length > 0,
  };
}

function optionsOfQuery(query: Readonly<Record<string, string>>): JsonObject {
  const { gracePeriodSeconds, propagationPolicy, dryRun, orphanDependents } = query;
  if (gracePeriodSeconds !== undefined && !/^[+-]?\d+$/.test(gracePeriodSeconds)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(gracePeriodSeconds)}: invalid syntax`);
  }
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: Number(gracePeriodSeconds) }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(dryRun === undefined ? {} : { dryRun: [dryRun] }),
    ...(orphanDependents === undefined ? {} : { orphanDependents: orphanDependents === "true" }),
  };
}

/** The real server answers 500 without a reason to a body that is no DeleteOptions. */
function optionsOfBody(body: string, contentType: string): JsonObject {
  const json = tryRead(() => contentType.startsWith("application/yaml") ? readYaml(body) : readJson(body));
  if (!isObject(json)) throw untyped("couldn't get version/kind; json parse error: not an object");
  if (json.kind !== undefined && json.kind !== "DeleteOptions") {
    throw untyped(`no kind ${JSON.stringify(json.kind)} is registered for this version`);
  }
  const grace = json.gracePeriodSeconds;
  if (grace !== undefined && grace !== null && !Number.isInteger(grace)) {
    throw untyped("json: cannot unmarshal the value of field DeleteOptions.gracePeriodSeconds into int64");
  }
  return json;
}

function tryRead(read: () => Json): Json {
  try {
    return read();
  } catch (err) {
    throw untyped(err instanceof Error ? err.message : String(err));
  }
}

function policyOf({ propagationPolicy, orphanDependents }: JsonObject): DeleteOptions["propagationPolicy"] {
  const text = stringOf(propagationPolicy);
  if (text === undefined) {
    return orphanDependents === true ? "Orphan" : orphanDependents === false ? "Background" : undefined;
  }
  if (orphanDependents !== undefined && orphanDependents !== null) {
    throw optionsError("DeleteOptions", [
      invalid("propagationPolicy", text, "orphanDependents and deletionPropagation cannot be both set"),
    ]);
  }
  if (text === "Orphan" || text === "Background" || text === "Foreground") return text;
  const policies = ["Foreground", "Background", "Orphan", "nil"];
  throw optionsError("DeleteOptions", [notSupported("propagationPolicy", text, policies)]);
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
    throw conflict(
      kindAsPlural(resource),
      name,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${object.metadata.uid}). ` +
        "The object might have been deleted and then recreated",
    );
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== String(revision)) {
    throw conflict(
      kindAsPlural(resource),
      name,
      "the ResourceVersion in the precondition " +
        `(${options.resourceVersion}) does not match the ResourceVersion in record (${revision}). The object might have been modified`,
    );
  }
}

/** The real server names the Kind here where it names the plural elsewhere. */
function kindAsPlural(resource: Resource): ResourceName {
  return { group: resource.group, plural: resource.kind, kind: resource.kind };
}

function storeDelete(
  core: Core,
  { old, target, options }: { old: StoredVersion; target: WriteTarget; options: DeleteOptions },
): DeleteResult {
  const { resource } = target;
  const plan = planDelete(old.object, { resource, options, now: core.clock.now() });
  if (plan.kind === "keep") return { version: old, gone: false };
  const marked = plan.kind === "mark" ? storeMarked(core, { object: plan.object, old, target, options }) : old;
  if (plan.kind === "mark" && !plan.thenRemove) return { version: marked, gone: false };
  if (options.dryRun) return { version: marked, gone: true };
  return { version: core.store.remove(resource, keyOfTarget(target)) ?? marked, gone: true };
}

function storeMarked(
  core: Core,
  { object, old, target, options }: {
    object: ApiObject;
    old: StoredVersion;
    target: WriteTarget;
    options: DeleteOptions;
  },
): StoredVersion {
  if (equalJson(object as unknown as Json, old.object as unknown as Json)) return old;
  return options.dryRun ? new StoredVersion(object, old.revision) : core.store.put(target.resource, object);
}

/** Whether an object names `owner` among its owners. */
export function isOwnedBy(object: ApiObject, ownerUid: string): boolean {
  return arrayOr(object.metadata.ownerReferences).some((owner) => isObject(owner) && owner.uid === ownerUid);
}
