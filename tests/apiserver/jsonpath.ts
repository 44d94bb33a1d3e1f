/** The part of JSONPath that printer columns use: fields, quoted keys, indexes, `[*]`. */
import { isObject, type Json } from "./json.ts";

type Step = { readonly key: string } | { readonly index: number } | { readonly all: true };

/** Finds values in an object. */
export type JsonPath = (value: Json) => Json[];

/**
 * Compiles a path such as `.status.ips[0].ipv4` or `.metadata.labels['a\.b/c']`.
 *
 * @throws {SyntaxError} for anything this part of JSONPath does not have
 */
export function compileJsonPath(text: string): JsonPath {
  const steps = parseSteps(text);
  return (value) => steps.reduce<Json[]>((found, step) => found.flatMap((item) => follow(item, step)), [value]);
}

function parseSteps(text: string): Step[] {
  const syntax = /\.((?:[^.[\]\\]|\\.)+)|\[(-?\d+)\]|\[\*\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;
  const steps: Step[] = [];
  while (syntax.lastIndex < text.length) {
    const start = syntax.lastIndex;
    const match = syntax.exec(text);
    if (match === null) throw new SyntaxError(`Cannot parse JSONPath ${JSON.stringify(text)}: stuck at ${start}`);
    const key = match[1] ?? match[3] ?? match[4];
    if (key === "*") steps.push({ all: true });
    else if (key !== undefined) steps.push({ key: key.replaceAll(/\\(.)/g, "$1") });
    else if (match[2] !== undefined) steps.push({ index: Number(match[2]) });
    else steps.push({ all: true });
  }
  return steps;
}

function follow(value: Json, step: Step): Json[] {
  if ("key" in step) {
    const next = isObject(value) && Object.hasOwn(value, step.key) ? value[step.key] : undefined;
    return next === undefined ? [] : [next];
  }
  if ("index" in step) {
    const next = Array.isArray(value) ? value.at(step.index) : undefined;
    return next === undefined ? [] : [next];
  }
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}
