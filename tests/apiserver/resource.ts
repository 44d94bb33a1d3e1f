import type { Json } from "./json.ts";
import type { ApiObject } from "./object.ts";
import type { Schema } from "./schema.ts";

/** What names must look like. Source: apimachinery, `util/validation`. */
export type NameRule = "subdomain" | "label" | "label1035" | "path";

/** A column of a Table. Source: `TableColumnDefinition v1 meta`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is shown always, others only with `-o wide`. */
  readonly priority: number;
  /** @param nowMs for ages */
  readonly cell: (object: ApiObject, nowMs: number) => Json;
}

/** What differs between Kinds beyond their names. */
export interface Behavior {
  /** Whether `metadata.generation` counts changes of everything but metadata and status. */
  readonly generation: boolean;
  /** Whether a PUT without resourceVersion is allowed. */
  readonly unconditionalUpdate: boolean;
  /** Whether a PUT of an absent object creates it. */
  readonly createOnUpdate: boolean;
  /** Whether DELETE answers the object instead of a Status. */
  readonly returnDeleted: boolean;
  /** Whether a create may set status although there is a subresource (nodes). */
  readonly statusOnCreate: boolean;
  readonly nameRule: NameRule;
}

/** A served resource. */
export interface Resource {
  /** `""` for core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** `v1` or `<group>/<version>`. */
  readonly apiVersion: string;
  /** Key of the resource in the store. */
  readonly storage: string;
  /** Whether a CustomResourceDefinition made it. */
  readonly custom: boolean;
  /** Structural schema; absent for built-in Kinds. */
  readonly schema: Schema | undefined;
  readonly columns: readonly Column[];
  readonly behavior: Behavior;
}

/** Names of a resource; what is absent is derived from `kind`. */
export interface ResourceNames {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular?: string | undefined;
  readonly listKind?: string | undefined;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** What a custom resource does. */
export const customBehavior: Behavior = {
  generation: true,
  unconditionalUpdate: false,
  createOnUpdate: false,
  returnDeleted: false,
  statusOnCreate: false,
  nameRule: "subdomain",
};

/** Completes a resource from its names and the rest. */
export function makeResource(
  names: ResourceNames,
  rest: Pick<Resource, "namespaced" | "hasStatus" | "custom" | "schema" | "columns" | "behavior">,
): Resource {
  const { group, version, kind, plural } = names;
  return {
    group,
    version,
    kind,
    plural,
    listKind: names.listKind ?? `${kind}List`,
    singular: names.singular ?? kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    apiVersion: group === "" ? version : `${group}/${version}`,
    storage: storageKey({ group, plural }),
    ...rest,
  };
}

/** Key of a resource in the store. */
export function storageKey({ group, plural }: { group: string; plural: string }): string {
  return `${group}/${plural}`;
}
