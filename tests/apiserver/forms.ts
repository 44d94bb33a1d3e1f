/** The forms an object can be asked in: itself, its metadata, or a row of a table. */
import type { Json, JsonObject } from "./json.ts";
import type { ApiObject } from "./object.ts";
import type { Resource } from "./resource.ts";
import { notAcceptable } from "./request_refusals.ts";
import type { StoredVersion } from "./version.ts";

/** A form. */
export type Form =
  | { readonly kind: "object" }
  | { readonly kind: "metadata" }
  | { readonly kind: "table"; readonly include: TableInclude };

/** What a table row holds beside its cells. */
export type TableInclude = "Metadata" | "Object" | "None";

/**
 * Chooses the first form in `accept` that the server has.
 *
 * @param purpose `list` takes `PartialObjectMetadataList`, others `PartialObjectMetadata`
 * @throws {ApiError} 406 if there is none
 */
export function negotiateForm(
  accept: string,
  { purpose, query }: { purpose: "object" | "list" | "watch"; query: Readonly<Record<string, string>> },
): Form {
  if (accept === "" || accept === "application/json") return { kind: "object" };
  for (const clause of accept.split(",")) {
    const form = formOf(clause, { purpose, query });
    if (form !== undefined) return form;
  }
  throw notAcceptable();
}

function formOf(
  clause: string,
  { purpose, query }: { purpose: string; query: Readonly<Record<string, string>> },
): Form | undefined {
  const [type = "", ...parameters] = clause.split(";").map((part) => part.trim());
  if (!["application/json", "application/yaml", "application/*", "*/*"].includes(type)) return undefined;
  const values = new Map(parameters.map((part) => part.split("=", 2) as [string, string]));
  const as = values.get("as");
  if (as === undefined) return { kind: "object" };
  if (values.get("g") !== "meta.k8s.io" || !["v1", "v1beta1"].includes(values.get("v") ?? "")) return undefined;
  if (as === "Table") return { kind: "table", include: includeOf(query.includeObject) };
  const wanted = purpose === "list" ? "PartialObjectMetadataList" : "PartialObjectMetadata";
  return as === wanted ? { kind: "metadata" } : undefined;
}

function includeOf(text: string | undefined): TableInclude {
  return text === "Object" || text === "None" ? text : "Metadata";
}

/** JSON text of an object in a form; `nowMs` for the ages of a table. */
export function textIn(
  form: Form,
  version: StoredVersion,
  { resource, nowMs, headers = true }: { resource: Resource; nowMs: number; headers?: boolean },
): string {
  switch (form.kind) {
    case "object":
      return version.text;
    case "metadata":
      return version.textAs("metadata", metadataOf);
    case "table":
      return JSON.stringify(
        tableOf([version.object], { resource, nowMs, include: form.include, headers, metadata: listMeta(version) }),
      );
  }
}

function listMeta(version: StoredVersion): JsonObject {
  return { resourceVersion: String(version.revision) };
}

/** Only the metadata. */
export function metadataOf(object: ApiObject): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}

/** As an item of a list: built-in Kinds leave out `apiVersion` and `kind` there. */
export function itemText(version: StoredVersion, resource: Resource): string {
  if (resource.custom) return version.text;
  return version.textAs("item", (object) => {
    const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
    return rest as JsonObject;
  });
}

/** A Table of objects. Source: `Table v1 meta`. */
export function tableOf(
  objects: readonly ApiObject[],
  { resource, nowMs, include, headers, metadata }: {
    resource: Resource;
    nowMs: number;
    include: TableInclude;
    headers: boolean;
    metadata: JsonObject;
  },
): JsonObject {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: headers ? resource.columns.map(({ cell: _cell, ...definition }) => ({ ...definition })) : [],
    rows: objects.map((object) => rowOf(object, { resource, nowMs, include })),
  };
}

function rowOf(
  object: ApiObject,
  { resource, nowMs, include }: { resource: Resource; nowMs: number; include: TableInclude },
): Json {
  const cells = resource.columns.map((column) => column.cell(object, nowMs));
  if (include === "None") return { cells, object: null };
  return { cells, object: include === "Metadata" ? metadataOf(object) : object as JsonObject };
}
