/** PATCH by server-side apply: reads the configuration, refuses what cannot be applied, writes. */
import { applyConfig, type ApplyOptions, managersOfNew } from "./apply.ts";
import { typedProblem } from "./apply_typed.ts";
import { readYaml } from "./body.ts";
import type { Core } from "./core.ts";
import { isObject, type JsonObject, stringOf } from "./json.ts";
import { withManagers } from "./managed_fields.ts";
import { metaTypeError } from "./meta_types.ts";
import { unknownMetaKeys } from "./meta.ts";
import { type ApiObject, metaOf, metaString, withField, withMeta } from "./object.ts";
import type { ApiRequest } from "./request.ts";
import { badRequest, untyped } from "./request_refusals.ts";
import { conflict, notFound } from "./object_refusals.ts";
import { createObject } from "./create.ts";
import { updateObject } from "./update.ts";
import { checkIdentity } from "./write_checks.ts";
import { keyOfTarget, type WriteResult, type WriteTarget } from "./write_target.ts";

/**
 * Server-side apply.
 *
 * @throws {ApiError} when refused
 */
export async function applyObject(core: Core, target: WriteTarget, request: ApiRequest): Promise<WriteResult> {
  const { resource, name } = target;
  const isNew = core.store.get(resource, keyOfTarget(target)) === undefined;
  if (isNew && target.subresource !== "") throw notFound(resource, name);
  const config = appliedConfig(request, target);
  const options: ApplyOptions = {
    resource,
    manager: target.manager,
    subresource: target.subresource,
    force: request.query.force === "true" || request.query.force === "1",
    now: core.clock.now(),
  };
  return await (isNew ? applyNew : applyUpdate)(core, target, { config, options });
}

interface Application {
  readonly config: JsonObject;
  readonly options: ApplyOptions;
}

async function applyNew(core: Core, target: WriteTarget, { config, options }: Application): Promise<WriteResult> {
  const { resource, name, namespace } = target;
  const uid = metaString(config, "uid");
  if (uid !== undefined) {
    const problem = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(resource, name, problem);
  }
  checkIdentity(config, target);
  const body = withMeta(config, { namespace });
  const mark = (object: ApiObject) => withManagers(object, managersOfNew(config, options));
  return await createObject(core, target, { body, mark, isUpdate: true, keepsNulls: true });
}

async function applyUpdate(core: Core, target: WriteTarget, { config, options }: Application): Promise<WriteResult> {
  let managers: ReturnType<typeof applyConfig>["managers"] = [];
  const { name, namespace } = target;
  return await updateObject(core, target, {
    keepsNulls: true,
    desired(old) {
      const applied = applyConfig(config, old, options);
      managers = applied.managers;
      checkIdentity(withMeta(config, { name: metaString(config, "name") ?? name }), target);
      return withMeta(applied.object, { name, namespace });
    },
    mark: (next) => withManagers(next, managers),
  });
}

function appliedConfig(request: ApiRequest, target: WriteTarget): JsonObject {
  const { resource, name, namespace } = target;
  const config = readYaml(request.body);
  if (!isObject(config)) throw badRequest("error decoding YAML: the applied configuration is not an object");
  if (!stringOf(config.kind)) throw badRequest("Object 'Kind' is missing in the applied configuration");
  if (config.apiVersion !== resource.apiVersion) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(config.apiVersion)}, ` +
        `expected: ${resource.apiVersion}`,
    );
  }
  if (config.kind !== resource.kind) {
    throw badRequest(`cannot apply a ${String(config.kind)} as a ${resource.kind}`);
  }
  if (metaOf(config).managedFields !== undefined) throw badRequest("metadata.managedFields must be nil");
  const [unknown] = unknownMetaKeys(metaOf(config));
  const problem = metaTypeError(config) ??
    (unknown === undefined ? undefined : `.metadata.${unknown}: field not declared in schema`) ??
    (resource.schema && typedProblem(config, { schema: resource.schema }));
  if (problem === undefined) return withoutReset(config, target);
  const place = `${namespace ?? ""}/${name}; ${resource.apiVersion}, Kind=${resource.kind}`;
  throw untyped(`failed to create typed patch object (${place}): ${problem}`);
}

/** What a request cannot write is nobody's: status through the object, spec through the subresource. */
function withoutReset(config: JsonObject, { resource, subresource }: WriteTarget): JsonObject {
  if (subresource === "status") return withField(config, "spec", undefined);
  return resource.hasStatus ? withField(config, "status", undefined) : config;
}
