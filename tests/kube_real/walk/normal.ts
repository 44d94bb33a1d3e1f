/** Takes out of answers what two good servers may say differently. */
import { isObject, type Json, type JsonObject, objectOr } from "../../apiserver/json.ts";

/** What admission plugins and controllers add to a Pod. */
const admittedPodSpec = [
  "volumes",
  "serviceAccount",
  "serviceAccountName",
  "tolerations",
  "priority",
  "preemptionPolicy",
];

/** Failures whose wording comes from decoders and validators: they are compared by their reasons and causes. */
const looselyWorded = [400, 406, 422, 500];

/**
 * Makes an answer comparable: without managed fields, without what admission plugins add to Pods, without the words of
 * decoders, and with causes in order and once (the real server validates metadata of updates twice).
 */
export function normalAnswer(value: Json): Json {
  return isObject(value) && value.kind === "Status" ? normalStatus(value) : normalObject(value);
}

function normalStatus({ message, details, ...status }: JsonObject): JsonObject {
  const words = looselyWorded.includes(Number(status.code)) || message === undefined
    ? {}
    : { message: wordsOf(message) };
  if (!isObject(details) || status.code === 406) return { ...status, ...words };
  const { causes, ...rest } = details;
  const sorted = Array.isArray(causes) ? { causes: [...new Set(causes.map(causeText))].sort() } : {};
  return { ...status, ...words, details: { ...rest, ...sorted } };
}

function causeText(cause: Json): Json {
  const { reason, field } = objectOr(cause);
  return `${String(reason)} ${String(field)}`;
}

/** Without what the storage adds about its own keys. */
function wordsOf(message: Json): string {
  return String(message).replace(/StorageError: .*AdditionalErrorMsg: /, "");
}

function normalObject(value: Json): Json {
  if (Array.isArray(value)) return value.map(normalObject);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "managedFields");
  const normal: JsonObject = Object.fromEntries(entries.map(([key, item]) => [key, normalObject(item)]));
  return isPodSpec(normal) ? normalPodSpec(normal) : normal;
}

function isPodSpec(value: JsonObject): boolean {
  return Array.isArray(value.containers) && "terminationGracePeriodSeconds" in value;
}

function normalPodSpec(spec: JsonObject): JsonObject {
  const entries = Object.entries(spec).filter(([key]) => !admittedPodSpec.includes(key));
  const containers = (spec.containers as Json[]).map((container) => {
    const { volumeMounts: _volumeMounts, ...rest } = container as JsonObject;
    return rest;
  });
  return { ...Object.fromEntries(entries), containers };
}
