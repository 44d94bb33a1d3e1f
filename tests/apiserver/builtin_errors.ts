/** What the server checks in objects of built-in Kinds, as far as Spiderpool meets it. */
import { crdErrors } from "./crd.ts";
import { type FieldError, invalid, required } from "./field_error.ts";
import { at, type Json, objectOr, stringOf } from "./json.ts";
import { type ApiObject, metaString } from "./object.ts";
import { podUpdateErrors } from "./pod_errors.ts";
import type { Resource } from "./resource.ts";
import { workloadErrors } from "./workload_errors.ts";

const requiredFields: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec.containers"],
  Job: ["spec.template"],
  CronJob: ["spec.schedule"],
};

/** What is wrong with an object of a built-in Kind; `old` is what it replaces. */
export function builtinErrors(object: ApiObject, { resource, old }: ErrorContext): FieldError[] {
  if (resource.custom) return [];
  const missing = (requiredFields[resource.kind] ?? []).filter((path) =>
    isMissing(at(object as unknown as Json, ...path.split(".")))
  );
  return [...missing.map((path) => required(path)), ...kindErrors(object, { resource, old })];
}

interface ErrorContext {
  readonly resource: Resource;
  readonly old: ApiObject | undefined;
}

function isMissing(value: Json | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function kindErrors(object: ApiObject, { resource, old }: ErrorContext): FieldError[] {
  switch (resource.kind) {
    case "Pod":
      return old === undefined ? [] : podUpdateErrors(object, old);
    case "Event":
      return eventErrors(object);
    case "ConfigMap":
      return configMapErrors(object);
    case "Lease":
      return leaseErrors(object);
    case "CustomResourceDefinition":
      return crdErrors(object);
    default:
      return workloadErrors(object);
  }
}

function configMapErrors(object: ApiObject): FieldError[] {
  return ["data", "binaryData"].flatMap((field) =>
    Object.keys(objectOr(object[field])).filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key)).map((key) =>
      invalid(`${field}[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'")
    )
  );
}

function leaseErrors(object: ApiObject): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = objectOr(object.spec);
  const errors: FieldError[] = [];
  if (typeof leaseDurationSeconds === "number" && leaseDurationSeconds <= 0) {
    errors.push(invalid("spec.leaseDurationSeconds", leaseDurationSeconds, "must be greater than 0"));
  }
  if (typeof leaseTransitions === "number" && leaseTransitions < 0) {
    errors.push(invalid("spec.leaseTransitions", leaseTransitions, "must be greater than or equal to 0"));
  }
  return errors;
}

function eventErrors(object: ApiObject): FieldError[] {
  const involved = stringOf(at(object as unknown as Json, "involvedObject", "namespace")) ?? "";
  const namespace = metaString(object, "namespace") ?? "";
  const fits = involved === "" ? namespace === "default" || namespace === "kube-system" : involved === namespace;
  return fits ? [] : [invalid("involvedObject.namespace", involved, "does not match event.namespace")];
}
