/** OpenAPI documents as far as kubectl reads them: which options PATCH has, and the schemas for `explain`. */
import { type ApiAnswer, jsonAnswer } from "./answer.ts";
import type { JsonObject } from "./json.ts";
import type { Resource } from "./resource.ts";
import { errorAnswer } from "./answer.ts";
import { notAcceptable } from "./request_refusals.ts";

const patchParameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

/** Where the documents of the group versions are. */
export function openApiV3Index(resources: readonly Resource[]): JsonObject {
  const paths: JsonObject = {};
  for (const resource of resources) {
    const path = groupPath(resource);
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}` };
  }
  return { paths };
}

/** The document of one group version. */
export function openApiV3(resources: readonly Resource[]): JsonObject {
  const paths: JsonObject = {};
  const schemas: JsonObject = {};
  for (const resource of resources) {
    paths[objectPath(resource)] = pathItem(resource);
    schemas[schemaName(resource)] = schemaOf(resource);
  }
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.34.4" },
    paths,
    components: { schemas },
  };
}

/** The old document; kubectl only falls back to it, in protobuf, which this server does not speak. */
export function openApiV2(accept: string, resources: readonly Resource[]): ApiAnswer {
  if (accept !== "" && !accept.includes("application/json") && !accept.includes("*/*")) {
    return errorAnswer(notAcceptable());
  }
  const definitions: JsonObject = {};
  for (const resource of resources) definitions[schemaName(resource)] = schemaOf(resource);
  const json = { swagger: "2.0", info: { title: "Kubernetes", version: "v1.34.4" }, paths: {}, definitions };
  return jsonAnswer(200, JSON.stringify(json));
}

function groupPath({ group, apiVersion }: Resource): string {
  return group === "" ? `api/${apiVersion}` : `apis/${apiVersion}`;
}

function objectPath(resource: Resource): string {
  const scope = resource.namespaced ? "/namespaces/{namespace}" : "";
  return `/${groupPath(resource)}${scope}/${resource.plural}/{name}`;
}

function schemaName({ group, version, kind }: Resource): string {
  const domain = group === "" ? "io.k8s.api.core" : group.split(".").reverse().join(".");
  return `${domain}.${version}.${kind}`;
}

function kindExtension({ group, version, kind }: Resource): JsonObject {
  return { group, version, kind };
}

function pathItem(resource: Resource): JsonObject {
  const kind = kindExtension(resource);
  const schema = { $ref: `#/components/schemas/${schemaName(resource)}` };
  const responses = { "200": { description: "OK", content: { "application/json": { schema } } } };
  const parameters = patchParameters.map((name) => ({ name, in: "query", schema: { type: "string" } }));
  const operation = (action: string): JsonObject => ({
    operationId: `${action}${resource.kind}`,
    responses,
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": kind,
  });
  return { get: operation("get"), patch: { ...operation("patch"), parameters } };
}

function schemaOf(resource: Resource): JsonObject {
  const source = resource.schema?.source ?? { type: "object", properties: builtinProperties(resource) };
  return { ...source, "x-kubernetes-group-version-kind": [kindExtension(resource)] };
}

function builtinProperties(resource: Resource): JsonObject {
  const text = { type: "string" };
  const open = { type: "object" };
  return {
    apiVersion: text,
    kind: text,
    metadata: open,
    ...(["ConfigMap", "Secret"].includes(resource.kind) ? { data: open } : { spec: open }),
    ...(resource.hasStatus ? { status: open } : {}),
  };
}
