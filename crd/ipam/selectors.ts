import type { LabelSelector } from "../generated/mod.ts";

/** Labels of an object. */
type Labels = Readonly<Record<string, string>>;

/**
 * Why `labels` do not match `selector`, or `undefined` when they do. `{}` matches everything.
 * Source: Kubernetes API, LabelSelector v1 meta. A selector that Kubernetes would refuse matches nothing and says so.
 *
 * @returns half a sentence such as `it needs zone=a, zone is "b"`
 */
export function selectorMismatch(selector: LabelSelector, labels: Labels): string | undefined {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (ownLabel(labels, key) !== value) return `it needs ${key}=${value}, ${found(labels, key)}`;
  }
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const mismatch = expressionMismatch({ key, operator, values }, labels);
    if (mismatch !== undefined) return mismatch;
  }
  return undefined;
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

function expressionMismatch({ key, operator, values }: Expression, labels: Labels): string | undefined {
  const label = ownLabel(labels, key);
  const text = `it needs ${key} ${operator}${values.length === 0 ? "" : ` (${values.join(", ")})`}, ${
    found(labels, key)
  }`;
  switch (operator) {
    case "In":
      if (values.length === 0) return `${key} In needs values`;
      return label !== undefined && values.includes(label) ? undefined : text;
    case "NotIn":
      if (values.length === 0) return `${key} NotIn needs values`;
      return label === undefined || !values.includes(label) ? undefined : text;
    case "Exists":
      if (values.length > 0) return `${key} Exists takes no values`;
      return label !== undefined ? undefined : text;
    case "DoesNotExist":
      if (values.length > 0) return `${key} DoesNotExist takes no values`;
      return label === undefined ? undefined : text;
    default:
      return `operator ${JSON.stringify(operator)} is unknown`;
  }
}

function ownLabel(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function found(labels: Labels, key: string): string {
  const label = ownLabel(labels, key);
  return label === undefined ? `there is no ${key}` : `${key} is ${JSON.stringify(label)}`;
}
