/** An object as its leaves: what server-side apply gives owners to. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { MergeShapes } from "./list_keys.ts";

/** Leaf values by path text; see {@linkcode pathText}. */
export type LeafMap = Map<string, Json>;

const separator = "\0";

/** Steps `f:<field>`, `k:<keys as JSON>`, `v:<value as JSON>` as one text. */
export function pathText(steps: readonly string[]): string {
  return steps.join(separator);
}

/** The steps of a path text. */
export function pathSteps(text: string): string[] {
  return text.split(separator);
}

/** Orders paths as field sets list them: at each level first what ends there, then what goes deeper, by name. */
export function comparePaths(a: string, b: string): number {
  const [left, right] = [pathSteps(a), pathSteps(b)];
  for (let i = 0;; i++) {
    const ends = [left.length === i + 1, right.length === i + 1];
    if (ends[0] !== ends[1]) return ends[0] ? -1 : 1;
    const [x = "", y = ""] = [left[i], right[i]];
    if (x !== y || ends[0]) return x < y ? -1 : x > y ? 1 : 0;
  }
}

/** A path as messages show it: `.spec.containers[name="a"].image`. */
export function shownPath(text: string): string {
  return pathSteps(text).map((step) => {
    const rest = step.slice(2);
    if (step.startsWith("f:")) return `.${rest}`;
    if (step.startsWith("v:")) return `[=${rest}]`;
    const keys: unknown = JSON.parse(rest);
    const pairs = Object.entries(keys as Record<string, unknown>).map(([key, value]) =>
      `${key}=${JSON.stringify(value)}`
    );
    return `[${pairs.join(",")}]`;
  }).join("");
}

/** The step of a list item: by its keys, or by its value in a set. */
export function itemStep(item: Json, keys: readonly string[] | undefined): string {
  if (keys === undefined) return `v:${JSON.stringify(item)}`;
  const named: JsonObject = {};
  for (const key of [...keys].sort()) {
    const value = isObject(item) ? item[key] : undefined;
    if (value !== undefined) named[key] = value;
  }
  return `k:${JSON.stringify(named)}`;
}

/** All leaves of `value`. Empty maps and lists are leaves. */
export function leavesOf(value: JsonObject, shapes: MergeShapes): LeafMap {
  const leaves: LeafMap = new Map();
  collect(value, { steps: [], fields: [], shapes, leaves });
  return leaves;
}

interface Walk {
  readonly steps: readonly string[];
  readonly fields: readonly string[];
  readonly shapes: MergeShapes;
  readonly leaves: LeafMap;
}

function collect(value: Json, walk: Walk): void {
  const { steps, fields, shapes, leaves } = walk;
  const shape = isObject(value) || Array.isArray(value) ? shapes(fields, Array.isArray(value)) : undefined;
  if (isObject(value) && shape?.kind === "granular" && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) {
      collect(item, { ...walk, steps: [...steps, `f:${key}`], fields: [...fields, key] });
    }
  } else if (Array.isArray(value) && value.length > 0 && (shape?.kind === "keyed" || shape?.kind === "set")) {
    const keys = shape.kind === "keyed" ? shape.keys : undefined;
    for (const item of value) {
      collect(item, { ...walk, steps: [...steps, itemStep(item, keys)], fields: [...fields, "*"] });
    }
  } else if (steps.length > 0) leaves.set(pathText(steps), value);
}

/** `value` without the leaf at `steps`; parents that become empty go too. */
export function withoutLeaf(value: Json, steps: readonly string[], place: LeafPlace): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return isFilled(value, place) ? value : undefined;
  if (Array.isArray(value)) return withoutItem(value, steps, place);
  const key = step.slice(2);
  const current = isObject(value) ? value[key] : undefined;
  if (!isObject(value) || current === undefined) return value;
  const next = withoutLeaf(current, rest, { ...place, fields: [...place.fields, key] });
  const copy = { ...value };
  if (next === undefined) delete copy[key];
  else copy[key] = next;
  return Object.keys(copy).length === 0 ? undefined : copy;
}

/** Whether a leaf that once was an empty map or list has got leaves of its own since. */
function isFilled(value: Json, { fields, shapes }: LeafPlace): boolean {
  if (Array.isArray(value)) return value.length > 0 && ["keyed", "set"].includes(shapes(fields, true).kind);
  return isObject(value) && Object.keys(value).length > 0 && shapes(fields, false).kind === "granular";
}

/** Where {@linkcode withoutLeaf} is. */
export interface LeafPlace {
  readonly fields: readonly string[];
  readonly shapes: MergeShapes;
}

function withoutItem(
  list: readonly Json[],
  [step = "", ...rest]: readonly string[],
  place: LeafPlace,
): Json | undefined {
  const shape = place.shapes(place.fields, true);
  const keys = shape.kind === "keyed" ? shape.keys : undefined;
  const below = { ...place, fields: [...place.fields, "*"] };
  const next = list.flatMap((item) => {
    if (itemStep(item, keys) !== step) return [item];
    const left = rest.length === 0 ? undefined : withoutLeaf(item, rest, below);
    // An item that lost one of its keys is no longer anything.
    return left === undefined || itemStep(left, keys) !== step ? [] : [left];
  });
  return next.length === 0 ? undefined : next;
}
