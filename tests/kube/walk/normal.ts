/** Takes out of answers what two good servers may say differently. */
import { isObject, type Json, type JsonObject } from "../../apiserver/json.ts";

/** What admission plugins and controllers add to a Pod. */
const admittedPodSpec = ["volumes", "serviceAccount", "serviceAccountName", "tolerations", "priority", "preemptionPolicy"];

/** Makes an answer comparable: without managed fields, and without what admission plugins add to Pods. */
export function normalAnswer(value: Json): Json {
  if (Array.isArray(value)) return value.map(normalAnswer);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "managedFields");
  const normal: JsonObject = Object.fromEntries(entries.map(([key, item]) => [key, normalAnswer(item)]));
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
