/** Field selectors. Source: apimachinery, `fields.ParseSelector`; fields per Kind as the real server registers them. */
import { at, type Json } from "./json.ts";
import type { ApiObject } from "./object.ts";
import type { Resource } from "./resource.ts";
import { badRequest } from "./request_refusals.ts";

/** Whether an object's fields fit. */
export type FieldMatcher = (object: ApiObject) => boolean;

/** A parsed field selector. */
export interface FieldSelector {
  readonly matches: FieldMatcher;
  /** Whether it asks anything. */
  readonly isEmpty: boolean;
}

const eventFields = [
  "involvedObject.kind",
  "involvedObject.namespace",
  "involvedObject.name",
  "involvedObject.uid",
  "involvedObject.apiVersion",
  "involvedObject.resourceVersion",
  "involvedObject.fieldPath",
  "reason",
  "reportingComponent",
  "type",
];

const fieldsOfKind: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  Node: ["spec.unschedulable"],
  Namespace: ["status.phase"],
  Secret: ["type"],
  Service: ["spec.clusterIP", "spec.type"],
  Event: eventFields,
  Job: ["status.successful"],
  ReplicaSet: ["status.replicas"],
};

/** What an absent field counts as, where that is not `""`. */
const absentValue: Readonly<Record<string, string>> = {
  "spec.unschedulable": "false",
  "spec.hostNetwork": "false",
  "status.replicas": "0",
  "status.successful": "0",
};

/** One comparison of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly isNegative: boolean;
  readonly value: string;
}

/**
 * Parses a selector such as `metadata.name=a,status.phase!=Running`.
 *
 * @throws {ApiError} 400 for malformed text
 */
export function parseFieldTerms(text: string): FieldTerm[] {
  return text.split(/(?<!\\),/).filter((part) => part !== "").map((part) => {
    const match = /^(.*?)(==|!=|=)(.*)$/.exec(part);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = "", operator = "", value = ""] = match;
    return { field, isNegative: operator === "!=", value: value.replaceAll(/\\([,=\\])/g, "$1") };
  });
}

/**
 * The selector that terms make on a Kind.
 *
 * @throws {ApiError} 400 for a field the Kind has no selector for
 */
export function fieldSelectorOf(terms: readonly FieldTerm[], resource: Resource): FieldSelector {
  const matchers = terms.map(({ field, isNegative, value }): FieldMatcher => {
    checkField(field, resource);
    const steps = field.split(".");
    return (object) => (valueOf(object, { field, steps }) === value) !== isNegative;
  });
  return { isEmpty: terms.length === 0, matches: (object) => matchers.every((matches) => matches(object)) };
}

function checkField(field: string, resource: Resource): void {
  if (field === "metadata.name" || (field === "metadata.namespace" && resource.namespaced)) return;
  if (fieldsOfKind[resource.kind]?.includes(field) && !resource.custom) return;
  throw badRequest(
    resource.custom
      ? `field label not supported: ${field}`
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

function valueOf(object: ApiObject, { field, steps }: { field: string; steps: string[] }): string {
  const value: Json | undefined = at(object as unknown as Json, ...steps);
  if (field === "reportingComponent" && value === undefined) {
    return textOf(at(object as unknown as Json, "source", "component"));
  }
  return value === undefined ? absentValue[field] ?? "" : textOf(value);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : String(value);
}
