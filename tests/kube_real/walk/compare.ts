/** Compares answers of two servers, learning on the way how they call the same things. */
import { isObject, type Json, type JsonObject } from "../../apiserver/json.ts";
import type { Pair, Symbols } from "./symbols.ts";

const times = ["creationTimestamp", "deletionTimestamp", "lastTransitionTime", "startTime", "time"];

/** One place where two answers differ. */
export interface Difference {
  readonly path: string;
  readonly values: Pair<string>;
}

/** Finds all differences of two values; what may differ in its name only is paired in `symbols`. */
export function differencesOf(values: Pair<Json | undefined>, symbols: Symbols): Difference[] {
  const differences: Difference[] = [];
  compare(values, { path: "", key: "", symbols, differences, isPosition: false });
  return differences;
}

interface Place {
  readonly path: string;
  readonly key: string;
  readonly symbols: Symbols;
  readonly differences: Difference[];
  /** Whether a resourceVersion here is that of a list, not of an object. */
  readonly isPosition: boolean;
}

function compare(values: Pair<Json | undefined>, place: Place): void {
  const [left, right] = values;
  if (typeof left === "string" && typeof right === "string") return compareTexts([left, right], place);
  if (isObject(left) && isObject(right)) return compareObjects([left, right], place);
  if (Array.isArray(left) && Array.isArray(right)) return compareLists([left, right], place);
  if (JSON.stringify(left) !== JSON.stringify(right)) differ(values, place);
}

function compareTexts(values: Pair<string>, place: Place): void {
  const { key, symbols } = place;
  if (times.includes(key)) return;
  if (key === "continue") return void symbols.pair("token", values);
  if (key === "resourceVersion" && place.isPosition) return void symbols.pair("at", values);
  if (key === "resourceVersion" || key === "uid") return compareNames(key === "uid" ? "uid" : "rv", { values, place });
  const isMessage = key === "message" || key === "warning";
  const shown = isMessage ? [symbols.shown(values[0], 0), symbols.shown(values[1], 1)] as const : values;
  if (shown[0] !== shown[1]) differ(shown, place);
}

function compareNames(kind: "rv" | "uid", { values, place }: { values: Pair<string>; place: Place }): void {
  try {
    place.symbols.pair(kind, values);
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    place.differences.push({ path: place.path, values: [values[0], `${values[1]} (${err.message})`] });
  }
}

function compareObjects([left, right]: Pair<JsonObject>, place: Place): void {
  const isList = typeof left.kind === "string" && (left.kind.endsWith("List") || left.kind === "Table");
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const isPosition = (key === "metadata" && isList) || (key === "resourceVersion" && place.isPosition);
    const path = place.path === "" ? key : `${place.path}.${key}`;
    compare([left[key], right[key]], { ...place, path, key, isPosition });
  }
}

function compareLists([left, right]: Pair<readonly Json[]>, place: Place): void {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    compare([left[i], right[i]], { ...place, path: `${place.path}[${i}]`, key: "", isPosition: false });
  }
}

function differ([left, right]: Pair<Json | undefined>, { path, differences }: Place): void {
  differences.push({ path, values: [JSON.stringify(left) ?? "absent", JSON.stringify(right) ?? "absent"] });
}

/** Times of the servers themselves: the second one may have had another second. */
const systemTimes = ["creationTimestamp", "deletionTimestamp"];

/** A value of the first server with its names replaced by `{{symbol}}`: fit for a later request to either. */
export function symbolic(value: Json, symbols: Symbols, key = ""): Json {
  if (typeof value === "string") {
    if (key !== "uid" && key !== "resourceVersion") return value;
    const symbol = symbols.find(key === "uid" ? "uid" : "rv", { side: 0, value });
    return symbol === undefined ? value : `{{${symbol}}}`;
  }
  if (Array.isArray(value)) return value.map((item) => symbolic(item, symbols));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([name]) => !systemTimes.includes(name));
  return Object.fromEntries(entries.map(([name, item]) => [name, symbolic(item, symbols, name)]));
}
