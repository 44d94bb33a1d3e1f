/** What the server tells about itself. Source: Kubernetes API reference, `APIResourceList`, `APIGroupDiscoveryList`. */
import { type ApiAnswer, jsonAnswer, textAnswer } from "./answer.ts";
import type { Core } from "./core.ts";
import type { Json, JsonObject } from "./json.ts";
import { openApiV2, openApiV3, openApiV3Index } from "./openapi.ts";
import type { ApiRequest } from "./request.ts";
import type { Resource } from "./resource.ts";

/** The version the server claims to be. */
export const serverVersion = "v1.34.4";

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const statusVerbs = ["get", "patch", "update"];

/** Answers paths that name no object: discovery, OpenAPI, health, version; 404 for the rest. */
export function discover(core: Core, request: ApiRequest): ApiAnswer {
  if (request.method !== "GET") return pageNotFound();
  const resources = core.registry.all();
  switch (request.path.replace(/(?<=.)\/$/, "")) {
    case "/healthz":
    case "/readyz":
    case "/livez":
      return textAnswer(200, "ok");
    case "/version":
      return document(versionInfo());
    case "/api":
      return wantsAggregated(request) ? aggregated(resources.filter(isCore)) : document(coreVersions());
    case "/apis":
      return wantsAggregated(request) ? aggregated(resources.filter(isNotCore)) : document(groupList(resources));
    case "/openapi/v2":
      return openApiV2(request.accept, resources);
    case "/openapi/v3":
      return document(openApiV3Index(resources));
    default:
      return discoverBelow(request.path, resources);
  }
}

function discoverBelow(path: string, resources: readonly Resource[]): ApiAnswer {
  const openApi = /^\/openapi\/v3\/(?:api|apis)\/([^?]+)$/.exec(path)?.[1];
  if (openApi !== undefined) return openApiAnswer(resources.filter(({ apiVersion }) => apiVersion === openApi));
  const [, prefix, ...rest] = path.split("/").filter((part, i) => i === 0 || part !== "");
  const inScope = resources.filter(prefix === "api" ? isCore : prefix === "apis" ? isNotCore : () => false);
  const name = rest.join("/");
  const inVersion = inScope.filter(({ apiVersion }) => apiVersion === name);
  if (inVersion.length > 0) return document(resourceList(inVersion));
  const inGroup = inScope.filter(({ group }) => group !== "" && group === name);
  return inGroup.length > 0 ? document(groupOf(inGroup)) : pageNotFound();
}

function openApiAnswer(resources: readonly Resource[]): ApiAnswer {
  return resources.length === 0 ? pageNotFound() : document(openApiV3(resources));
}

function pageNotFound(): ApiAnswer {
  return textAnswer(404, "404 page not found\n");
}

function document(json: JsonObject): ApiAnswer {
  return jsonAnswer(200, JSON.stringify(json));
}

function isCore({ group }: Resource): boolean {
  return group === "";
}

function isNotCore({ group }: Resource): boolean {
  return group !== "";
}

function versionInfo(): JsonObject {
  return {
    major: "1",
    minor: "34",
    gitVersion: serverVersion,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "linux/amd64",
  };
}

function coreVersions(): JsonObject {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

function groupList(resources: readonly Resource[]): JsonObject {
  const groups = groupBy(resources.filter(isNotCore), ({ group }) => group);
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupFields) };
}

function groupOf(resources: readonly Resource[]): JsonObject {
  return { kind: "APIGroup", apiVersion: "v1", ...groupFields(resources) };
}

function groupFields(resources: readonly Resource[]): JsonObject {
  const versions = groupBy(resources, ({ apiVersion }) => apiVersion).map(([first]) => ({
    groupVersion: first?.apiVersion ?? "",
    version: first?.version ?? "",
  }));
  return { name: resources[0]?.group ?? "", versions, preferredVersion: versions[0] ?? {} };
}

function groupBy(resources: readonly Resource[], keyOf: (resource: Resource) => string): Resource[][] {
  return [...Map.groupBy(resources, keyOf).values()];
}

function resourceList(resources: readonly Resource[]): JsonObject {
  const groupVersion = resources[0]?.apiVersion ?? "";
  return {
    kind: "APIResourceList",
    ...(groupVersion === "v1" ? {} : { apiVersion: "v1" }),
    groupVersion,
    resources: resources.flatMap(resourceEntries),
  };
}

function resourceEntries(resource: Resource): JsonObject[] {
  const { plural, singular, namespaced, kind } = resource;
  const main: JsonObject = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...optionalNames(resource),
  };
  if (!resource.hasStatus) return [main];
  return [main, { name: `${plural}/status`, singularName: "", namespaced, kind, verbs: statusVerbs }];
}

function optionalNames({ shortNames, categories }: Resource): JsonObject {
  return {
    ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
  };
}

const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function wantsAggregated({ accept }: ApiRequest): boolean {
  return accept.split(",").some((clause) => clause.replaceAll(" ", "") === aggregatedType);
}

function aggregated(resources: readonly Resource[]): ApiAnswer {
  const items = groupBy(resources, ({ group }) => group).map((inGroup): Json => ({
    metadata: { name: inGroup[0]?.group ?? "" },
    versions: groupBy(inGroup, ({ version }) => version).map((inVersion) => ({
      version: inVersion[0]?.version ?? "",
      resources: inVersion.map(aggregatedResource),
      freshness: "Current",
    })),
  }));
  const json = { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
  return { status: 200, contentType: aggregatedType, headers: {}, body: JSON.stringify(json) };
}

function aggregatedResource(resource: Resource): JsonObject {
  const { group, version, kind, plural, singular, namespaced, hasStatus } = resource;
  const responseKind = { group, version, kind };
  const status: JsonObject = hasStatus
    ? { subresources: [{ subresource: "status", responseKind, verbs: statusVerbs }] }
    : {};
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs,
    ...optionalNames(resource),
    ...status,
  };
}
