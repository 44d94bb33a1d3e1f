/** What the server refuses in objects that make Pods. Source: kubernetes, `ValidateDeploymentSpec` and its kin. */
import type { LabelSelector } from "../../crd/generated/mod.ts";
import { selectorMismatch } from "../../crd/ipam/selectors.ts";
import { type FieldError, invalid, required } from "./field_error.ts";
import { arrayOr, at, type Json, type JsonObject, objectOr } from "./json.ts";
import type { ApiObject } from "./object.ts";

/** Whether the Kind's selector is asked for by name when it is missing; without a selector no template fits in any case. */
const selecting: Readonly<Record<string, boolean>> = {
  Deployment: true,
  ReplicaSet: true,
  StatefulSet: true,
  DaemonSet: false,
};

/** What is wrong with selector and template of a Deployment or another such object; nothing for other Kinds. */
export function workloadErrors(object: ApiObject): FieldError[] {
  const isRequired = selecting[object.kind];
  if (isRequired === undefined) return [];
  const spec = objectOr(object.spec);
  return [...selectorErrors(object, isRequired), ...labelErrors(spec), ...containerErrors(spec)];
}

function selectorErrors({ kind, spec }: ApiObject, isRequired: boolean): FieldError[] {
  const { selector } = objectOr(spec);
  if (selector === undefined) return isRequired ? [required("spec.selector")] : [];
  if (!isEmpty(selector)) return [];
  return [invalid("spec.selector", selector, `empty selector is invalid for ${kind.toLowerCase()}`)];
}

function isEmpty(selector: Json): boolean {
  const { matchLabels, matchExpressions } = objectOr(selector);
  return Object.keys(objectOr(matchLabels)).length + arrayOr(matchExpressions).length === 0;
}

/** An empty selector fits every template, none fits none. */
function labelErrors(spec: JsonObject): FieldError[] {
  const labels = at(objectOr(spec.template), "metadata", "labels");
  const { selector } = spec;
  if (selector !== undefined && selectorMismatch(selectorOf(selector), labelsOf(labels)) === undefined) return [];
  return [invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")];
}

function selectorOf(selector: Json): LabelSelector {
  const { matchLabels, matchExpressions } = objectOr(selector);
  return {
    matchLabels: labelsOf(matchLabels),
    matchExpressions: arrayOr(matchExpressions).map(objectOr).map(({ key, operator, values }) => ({
      key: String(key),
      operator: String(operator),
      values: arrayOr(values).map(String),
    })),
  };
}

function labelsOf(labels: Json | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(objectOr(labels)).map(([key, value]) => [key, String(value)]));
}

function containerErrors(spec: JsonObject): FieldError[] {
  const containers = at(objectOr(spec.template), "spec", "containers");
  return arrayOr(containers).length === 0 ? [required("spec.template.spec.containers")] : [];
}
