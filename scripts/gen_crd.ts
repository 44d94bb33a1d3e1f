import * as v from "valibot";
import { parse } from "yaml";

/** The part of a structural OpenAPI v3 schema that our CRDs use. */
export interface Schema {
  readonly type: "object" | "array" | "string" | "integer" | "boolean";
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly default?: string | number | boolean | undefined;
  readonly enum?: readonly (string | number | boolean)[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: Schema | undefined;
  readonly items?: Schema | undefined;
}

/** What the generator takes from one CustomResourceDefinition. */
export interface Crd {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
  readonly schema: Schema;
}

const scalar = v.union([v.string(), v.number(), v.boolean()]);

// strict: a keyword that the generator does not know must not get lost silently
const schemaSchema: v.GenericSchema<Schema> = v.strictObject({
  type: v.picklist(["object", "array", "string", "integer", "boolean"]),
  description: v.optional(v.string()),
  format: v.optional(v.string()),
  default: v.optional(scalar),
  enum: v.optional(v.array(scalar)),
  minimum: v.optional(v.number()),
  maximum: v.optional(v.number()),
  required: v.optional(v.array(v.string())),
  properties: v.optional(v.record(v.string(), v.lazy(() => schemaSchema))),
  additionalProperties: v.optional(v.lazy(() => schemaSchema)),
  items: v.optional(v.lazy(() => schemaSchema)),
  "x-kubernetes-list-type": v.optional(v.string()),
  "x-kubernetes-map-type": v.optional(v.string()),
});

const crdSchema = v.object({
  apiVersion: v.literal("apiextensions.k8s.io/v1"),
  kind: v.literal("CustomResourceDefinition"),
  spec: v.object({
    group: v.string(),
    scope: v.picklist(["Cluster", "Namespaced"]),
    names: v.object({ kind: v.string(), plural: v.string(), singular: v.string() }),
    versions: v.tuple([v.object({
      name: v.string(),
      subresources: v.optional(v.object({ status: v.optional(v.object({})) })),
      schema: v.object({ openAPIV3Schema: schemaSchema }),
    })]),
  }),
});

/**
 * Reads a CustomResourceDefinition with exactly one version.
 *
 * @param source where `text` comes from, for error messages
 * @throws {SyntaxError} if `text` is no such definition, or its schema has a keyword the generator does not know
 */
export function parseCrd(text: string, source: string): Crd {
  const result = v.safeParse(crdSchema, parse(text));
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? "document"}: ${issue.message}`);
    throw new SyntaxError(`Cannot read ${source}: ${problems.join("; ")}`);
  }
  const { group, scope, names, versions: [version] } = result.output.spec;
  return {
    group,
    version: version.name,
    ...names,
    namespaced: scope === "Namespaced",
    hasStatus: version.subresources?.status !== undefined,
    schema: version.schema.openAPIV3Schema,
  };
}
