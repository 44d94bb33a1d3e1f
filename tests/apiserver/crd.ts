/** CustomResourceDefinitions: from the object to a served resource, and its conditions. */
import { type FieldError, invalid, required } from "./field_error.ts";
import { age } from "./human_time.ts";
import { arrayOr, at, isObject, type Json, type JsonObject, objectOr, stringOf } from "./json.ts";
import { compileJsonPath } from "./jsonpath.ts";
import { type ApiObject, metaString } from "./object.ts";
import { type Column, customBehavior, makeResource, type Resource } from "./resource.ts";
import { parseSchema } from "./schema.ts";

/** What is wrong with a CustomResourceDefinition; empty when {@linkcode resourceOfCrd} accepts it. */
export function crdErrors(crd: Readonly<JsonObject>): FieldError[] {
  const spec = objectOr(crd.spec);
  const names = objectOr(spec.names);
  const errors: FieldError[] = [];
  for (const [path, value] of [["spec.group", spec.group], ["spec.scope", spec.scope]] as const) {
    if (!stringOf(value)) errors.push(required(path));
  }
  for (const key of ["plural", "kind"]) if (!stringOf(names[key])) errors.push(required(`spec.names.${key}`));
  const name = `${stringOf(names.plural)}.${stringOf(spec.group)}`;
  if (errors.length === 0 && metaString(crd, "name") !== name) {
    errors.push(invalid("metadata.name", metaString(crd, "name"), 'must be spec.names.plural+"."+spec.group'));
  }
  return [...errors, ...versionErrors(arrayOr(spec.versions))];
}

function versionErrors(versions: readonly Json[]): FieldError[] {
  const stored = versions.filter((version) => at(version, "storage") === true);
  if (stored.length !== 1) {
    return [invalid("spec.versions", versions.length, "must have exactly one version marked as storage version")];
  }
  return versions.flatMap((version, i) => {
    const schema = at(version, "schema", "openAPIV3Schema");
    const path = `spec.versions[${i}].schema.openAPIV3Schema`;
    if (!isObject(schema)) return [required(path, "schemas are required")];
    return schemaErrors(schema, { path, columns: arrayOr(at(version, "additionalPrinterColumns")) });
  });
}

function schemaErrors(schema: JsonObject, { path, columns }: { path: string; columns: Json[] }): FieldError[] {
  try {
    parseSchema(schema);
    columns.forEach(columnOf);
    return [];
  } catch (err) {
    return [invalid(path, "schema", err instanceof Error ? err.message : String(err))];
  }
}

/**
 * The resource a checked CustomResourceDefinition serves: its storage version only.
 * Conversion between versions is not part of this server.
 */
export function resourceOfCrd(crd: Readonly<JsonObject>): Resource {
  const spec = objectOr(crd.spec);
  const names = objectOr(spec.names);
  const version = objectOr(arrayOr(spec.versions).find((item) => at(item, "storage") === true));
  return makeResource({
    group: text(spec.group),
    version: text(version.name),
    kind: text(names.kind),
    plural: text(names.plural),
    singular: stringOf(names.singular),
    listKind: stringOf(names.listKind),
    shortNames: arrayOr(names.shortNames).map(text),
    categories: arrayOr(names.categories).map(text),
  }, {
    namespaced: spec.scope === "Namespaced",
    hasStatus: isObject(at(version, "subresources", "status")),
    custom: true,
    schema: parseSchema(at(version, "schema", "openAPIV3Schema")),
    columns: columnsOf(arrayOr(version.additionalPrinterColumns)),
    behavior: customBehavior,
  });
}

function text(json: Json | undefined): string {
  return stringOf(json) ?? "";
}

function columnsOf(definitions: readonly Json[]): Column[] {
  const name: Column = {
    name: "Name",
    type: "string",
    format: "name",
    description: "Name must be unique within a namespace.",
    priority: 0,
    cell: (object) => object.metadata.name,
  };
  if (definitions.length > 0) return [name, ...definitions.map(columnOf)];
  return [name, columnOf({ name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" })];
}

function columnOf(definition: Json): Column {
  const path = compileJsonPath(text(at(definition, "jsonPath")));
  const type = text(at(definition, "type"));
  const priority = at(definition, "priority");
  return {
    name: text(at(definition, "name")),
    type,
    format: text(at(definition, "format")),
    description: text(at(definition, "description")) ||
      `Custom resource definition column (in JSONPath format): ${text(at(definition, "jsonPath"))}`,
    priority: typeof priority === "number" ? priority : 0,
    cell: (object, nowMs) => cellOf(path(object as unknown as Json), { type, nowMs }),
  };
}

/** Source: apiextensions, `registry/customresource/tableconvertor`. */
function cellOf(found: readonly Json[], { type, nowMs }: { type: string; nowMs: number }): Json {
  const [value] = found;
  if (value === undefined || value === null) return type === "date" ? "<unknown>" : null;
  if (type === "date") return age(stringOf(value), nowMs);
  if (type === "string") return found.length > 1 ? found.map(cellText).join(",") : cellText(value);
  if (type === "integer" || type === "number") return typeof value === "number" ? value : null;
  return typeof value === "boolean" ? value : null;
}

function cellText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The definition with names and conditions as the controllers of a real server set them. */
export function establishedCrd(crd: ApiObject, timestamp: string): ApiObject {
  const spec = objectOr(crd.spec);
  const names = objectOr(spec.names);
  const accepted = {
    ...names,
    listKind: stringOf(names.listKind) ?? `${text(names.kind)}List`,
    singular: stringOf(names.singular) ?? text(names.kind).toLowerCase(),
  };
  const stored = arrayOr(spec.versions).filter((version) => at(version, "storage") === true);
  return {
    ...crd,
    spec: { ...spec, names: accepted, conversion: spec.conversion ?? { strategy: "None" } },
    status: {
      conditions: [
        condition("NamesAccepted", { reason: "NoConflicts", message: "no conflicts found", timestamp }),
        condition("Established", {
          reason: "InitialNamesAccepted",
          message: "the initial names have been accepted",
          timestamp,
        }),
        ...arrayOr(at(objectOr(crd.status), "conditions")).filter((item) => at(item, "type") === "Terminating"),
      ],
      acceptedNames: accepted,
      storedVersions: stored.map((version) => text(at(version, "name"))),
    },
  };
}

function condition(
  type: string,
  { reason, message, timestamp }: { reason: string; message: string; timestamp: string },
): JsonObject {
  return { type, status: "True", lastTransitionTime: timestamp, reason, message };
}
