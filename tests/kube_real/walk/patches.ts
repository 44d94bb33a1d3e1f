/** Random patches. */
import type { Json, JsonObject } from "../../apiserver/json.ts";
import type { Call } from "../../kube/call.ts";
import type { Choose } from "./choose.ts";
import type { WalkKind } from "./kinds.ts";
import type { Remembered } from "./memory.ts";
import {
  type Context,
  someFinalizers,
  someLabels,
  someMetadata,
  someOwner,
  someVersion,
  someWriteQuery,
} from "./parts.ts";
import { oddMetadata, spoil } from "./spoil.ts";

/** A PATCH of any kind. */
export function patchCall(target: Remembered, context: Context): Call {
  const { choose, memory } = context;
  const isStatus = choose.chance(target.kind.hasStatus ? 0.3 : 0.03);
  const make = choose.weighted([[4, mergeBody], [4, jsonBody], [4, applyBody], [1, strategicBody]]);
  const { contentType, body, query = {} } = isStatus ? statusPatch(target, context) : make(target, context);
  return {
    method: "PATCH",
    path: `${memory.path(target)}${isStatus ? "/status" : ""}`,
    query: { ...someWriteQuery(choose), ...query },
    contentType,
    body,
  };
}

/** Only status: who sends more owns what it cannot write, see the docs of the folder. */
function statusPatch({ kind, name, versions }: Remembered, { choose }: Context): PatchParts {
  const status = kind.status(choose);
  const version = choose.chance(0.3) ? { metadata: { resourceVersion: someOf(versions, choose) } } : {};
  const whole = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, status };
  const test = { op: "test", path: "/metadata/resourceVersion", value: someOf(versions, choose) };
  return choose.one<PatchParts>([
    { contentType: "application/merge-patch+json", body: { ...version, status } },
    { contentType: "application/json-patch+json", body: [test, { op: "add", path: "/status", value: status }] },
    { contentType: "application/apply-patch+yaml", body: whole, query: { fieldManager: "three", force: "true" } },
  ]);
}

function someOf(versions: readonly string[], choose: Choose): string {
  return versions.length === 0 ? "1" : choose.one(versions.slice(-2));
}

interface PatchParts {
  readonly contentType: string;
  readonly body: Json;
  readonly query?: Record<string, string>;
}

function mergeBody(target: Remembered, context: Context): PatchParts {
  return { contentType: "application/merge-patch+json", body: mergeOf(target, context) };
}

function strategicBody(target: Remembered, context: Context): PatchParts {
  return { contentType: "application/strategic-merge-patch+json", body: mergeOf(target, context) };
}

/** Some changes of an object, as a merge patch. */
export function mergeOf(target: Remembered, context: Context): JsonObject {
  const { choose } = context;
  const metadata = choose.some<Json>({
    labels: choose.one<Json>([{ app: "web" }, { app: null }, { tier: "front", app: "db" }, null]),
    annotations: { note: choose.one<Json>(["x", null]) },
    finalizers: choose.one<Json>([[], someFinalizers(choose), null]),
  });
  const version = choose.chance(0.2) ? someVersion(target, choose) : undefined;
  const owner = choose.chance(0.08) ? { ownerReferences: choose.one<Json>([null, [someOwner(context)]]) } : {};
  const odd = choose.chance(0.06) ? oddMetadata(choose) : {};
  const all = { ...metadata, ...owner, ...odd, ...(version === undefined ? {} : { resourceVersion: version }) };
  return {
    ...(Object.keys(all).length === 0 ? {} : { metadata: all }),
    ...someContentChange(target, choose),
  };
}

function someContentChange({ kind }: Remembered, choose: Choose): JsonObject {
  return choose.weighted<JsonObject>([
    [3, kind.change(choose)],
    [hasStatusField(kind) ? 2 : 0, { status: kind.status(choose) }],
    [3, {}],
    [0.4, kind.broken(choose)],
    [kind.custom ? 0.2 : 0, { unknown: 1 }],
    [0.1, { kind: "Other" }],
    [0.1, { apiVersion: "v9" }],
  ]);
}

/** Whether its objects have a status, be it behind a path of its own. */
export function hasStatusField({ hasStatus, custom }: WalkKind): boolean {
  return hasStatus || custom;
}

function jsonBody(target: Remembered, { choose }: Context): PatchParts {
  const version = target.versions.at(-1) ?? "1";
  const own: JsonObject[] = target.kind.custom
    ? [
      { op: "add", path: "/spec/disable", value: true },
      { op: "add", path: "/spec/ips", value: ["10.0.0.7"] },
      { op: "add", path: "/spec/ips/0", value: "10.0.0.8" },
      { op: "add", path: "/status", value: target.kind.status(choose) },
      { op: "replace", path: "/status/allocatedIPCount", value: choose.below(9) },
    ]
    : target.kind.kind === "ConfigMap"
    ? [{ op: "add", path: "/data", value: { four: "4" } }, { op: "remove", path: "/data/one" }]
    : [];
  const operations: JsonObject[] = [
    { op: "add", path: "/metadata/labels", value: someLabels(choose) },
    { op: "add", path: "/metadata/labels/app", value: "web" },
    { op: "replace", path: "/metadata/labels/app", value: "db" },
    { op: "remove", path: "/metadata/labels/app" },
    { op: "remove", path: "/metadata/annotations" },
    { op: "add", path: "/metadata/finalizers", value: someFinalizers(choose) },
    { op: "add", path: "/metadata/finalizers/-", value: "example.com/two" },
    { op: "remove", path: "/metadata/finalizers/0" },
    { op: "remove", path: "/metadata/finalizers" },
    { op: "test", path: "/metadata/resourceVersion", value: version },
    { op: "replace", path: "/metadata/resourceVersion", value: version },
    { op: "test", path: "/metadata/name", value: target.name },
    { op: "copy", from: "/metadata/name", path: "/metadata/annotations" },
    { op: "copy", from: "/metadata/name", path: "/metadata/annotations/copy" },
    { op: "move", from: "/metadata/labels", path: "/metadata/annotations" },
    ...own,
    ...own,
    { op: "replace", path: "", value: {} },
    { op: "frob", path: "/metadata" },
    { op: "add", path: "metadata", value: 1 },
  ];
  const body = Array.from({ length: 1 + choose.below(3) }, () => choose.one(operations));
  return { contentType: "application/json-patch+json", body: choose.chance(0.02) ? { op: "add" } : body };
}

function applyBody(target: Remembered, context: Context): PatchParts {
  const { choose } = context;
  const { kind, name } = target;
  const { ownerReferences: _owners, ...metadata } = someMetadata(context);
  const content = kind.custom && choose.chance(0.08)
    ? kind.broken(choose)
    : { ...kind.content(choose), ...choose.some(hasStatusField(kind) ? { status: kind.status(choose) } : {}) };
  const version = choose.chance(0.1) ? { resourceVersion: someVersion(target, choose) ?? "" } : {};
  const body = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { name, ...metadata, ...version },
    ...content,
  };
  const query = {
    fieldManager: choose.one(["one", "two", "three"]),
    ...(choose.chance(0.6) ? { force: choose.one(["true", "false"]) } : {}),
  };
  return {
    contentType: "application/apply-patch+yaml",
    body: choose.chance(0.05) ? spoil(body, context) : body,
    query,
  };
}
