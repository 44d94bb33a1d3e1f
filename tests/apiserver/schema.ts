/** Structural schemas of CustomResourceDefinitions. Source: Kubernetes API reference, `JSONSchemaProps v1`. */
import { arrayOr, isObject, type Json, type JsonObject, stringOf } from "./json.ts";

/** A schema node, as far as the server acts on it. */
export interface Schema {
  readonly type: string | undefined;
  readonly format: string | undefined;
  readonly nullable: boolean;
  readonly preserveUnknown: boolean;
  readonly intOrString: boolean;
  readonly embedded: boolean;
  readonly defaultValue: Json | undefined;
  readonly enumValues: readonly Json[] | undefined;
  readonly required: readonly string[];
  readonly properties: ReadonlyMap<string, Schema>;
  readonly additional: Schema | true | undefined;
  readonly items: Schema | undefined;
  readonly limits: Limits;
  readonly pattern: RegExp | undefined;
  readonly listType: "atomic" | "set" | "map";
  readonly listMapKeys: readonly string[];
  readonly mapType: "granular" | "atomic";
  /** The node as it came, for OpenAPI documents. */
  readonly source: JsonObject;
}

/** Bounds; lengths in characters. */
export interface Limits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum: boolean;
  readonly exclusiveMaximum: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

/**
 * Reads a schema node.
 *
 * @throws {TypeError} for a node that is no object, {SyntaxError} for a broken pattern
 */
export function parseSchema(json: Json | undefined): Schema {
  if (!isObject(json)) throw new TypeError("Cannot use schema: a node is not an object");
  const listType = stringOf(json["x-kubernetes-list-type"]);
  return {
    type: stringOf(json.type),
    format: stringOf(json.format),
    nullable: json.nullable === true,
    preserveUnknown: json["x-kubernetes-preserve-unknown-fields"] === true,
    intOrString: json["x-kubernetes-int-or-string"] === true,
    embedded: json["x-kubernetes-embedded-resource"] === true,
    defaultValue: json.default,
    enumValues: Array.isArray(json.enum) ? json.enum : undefined,
    required: strings(json.required),
    properties: propertiesOf(json),
    additional: additionalOf(json.additionalProperties),
    items: json.items === undefined ? undefined : parseSchema(json.items),
    limits: limitsOf(json),
    pattern: json.pattern === undefined ? undefined : new RegExp(String(json.pattern), "u"),
    listType: listType === "set" || listType === "map" ? listType : "atomic",
    listMapKeys: strings(json["x-kubernetes-list-map-keys"]),
    mapType: json["x-kubernetes-map-type"] === "atomic" ? "atomic" : "granular",
    source: json,
  };
}

function propertiesOf(json: JsonObject): Map<string, Schema> {
  const properties = isObject(json.properties) ? json.properties : {};
  return new Map(Object.entries(properties).map(([name, node]) => [name, parseSchema(node)]));
}

function additionalOf(json: Json | undefined): Schema | true | undefined {
  if (json === true) return true;
  return isObject(json) ? parseSchema(json) : undefined;
}

function limitsOf(json: JsonObject): Limits {
  const limits: Record<string, number> = {};
  for (
    const key of [
      "minimum",
      "maximum",
      "minLength",
      "maxLength",
      "minItems",
      "maxItems",
      "minProperties",
      "maxProperties",
    ]
  ) {
    const value = json[key];
    if (typeof value === "number") limits[key] = value;
  }
  return {
    ...limits,
    exclusiveMinimum: json.exclusiveMinimum === true,
    exclusiveMaximum: json.exclusiveMaximum === true,
  };
}

function strings(json: Json | undefined): string[] {
  return arrayOr(json).filter((item): item is string => typeof item === "string");
}
