/** Random creates and updates. */
import { type JsonObject, objectOr } from "../../apiserver/json.ts";
import { mergePatch } from "../../apiserver/patch.ts";
import type { Call } from "../../kube/call.ts";
import type { Choose } from "./choose.ts";
import type { Remembered } from "./memory.ts";
import { type Context, someObject, someVersion, someWriteQuery } from "./parts.ts";
import { hasStatusField, mergeOf } from "./patches.ts";
import { spoil } from "./spoil.ts";

/** A POST. */
export function createCall(target: Remembered, context: Context): Call {
  const { choose, memory } = context;
  const object = someObject(target, context);
  if (choose.chance(0.04)) object.metadata = { ...objectOr(object.metadata), resourceVersion: "7" };
  const spoilt = choose.chance(0.1) ? spoil(object, context) : object;
  return { method: "POST", path: memory.collection(target.kind), query: someWriteQuery(choose), body: spoilt };
}

/** A PUT of the object or its status. */
export function replaceCall(target: Remembered, context: Context): Call {
  const { choose, memory } = context;
  // A Pod's spec is not the same on both, so it is changed by patches only.
  const isStatus = target.kind.kind === "Pod" || choose.chance(target.kind.hasStatus ? 0.4 : 0.03);
  const base = target.last === undefined || choose.chance(0.1) ? someObject(target, context) : target.last;
  const edited = !isStatus
    ? edit(base, { target, context })
    : choose.chance(0.3)
    ? bareStatus(target, choose)
    : { ...base, status: target.kind.status(choose) };
  const body = withVersion(edited, someVersion(target, choose));
  return {
    method: "PUT",
    path: `${memory.path(target)}${isStatus ? "/status" : ""}`,
    query: someWriteQuery(choose),
    body: choose.chance(0.07) ? spoil(body, context) : body,
  };
}

/** What a status writer that knows nothing else sends. */
function bareStatus({ kind, name }: Remembered, choose: Choose): JsonObject {
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, status: kind.status(choose) };
}

function edit(base: JsonObject, { target, context }: { target: Remembered; context: Context }): JsonObject {
  const { choose } = context;
  const changes: JsonObject = choose.chance(0.15) ? {} : mergeOf(target, context);
  const { metadata, ...rest } = changes;
  const { resourceVersion: _version, ...meta } = objectOr(metadata);
  const merged = mergePatch(base, { ...rest, ...(Object.keys(meta).length === 0 ? {} : { metadata: meta }) });
  if (!hasStatusField(target.kind) || choose.chance(0.8)) return merged;
  return mergePatch(merged, { status: target.kind.status(choose) });
}

function withVersion(object: JsonObject, version: string | undefined): JsonObject {
  const { resourceVersion: _version, ...metadata } = objectOr(object.metadata);
  return { ...object, metadata: version === undefined ? metadata : { ...metadata, resourceVersion: version } };
}
