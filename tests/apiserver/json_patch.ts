/** RFC 6902 as the real server does it: a replace may add a key, null counts as absent, an index may count from the end. */
import { cloneJson, equalJson, isObject, type Json, type JsonObject, setKey } from "./json.ts";

/** Thrown where an operation does not fit the document. */
export class JsonPatchError extends Error {
  override readonly name = "JsonPatchError";
}

/**
 * Applies operations one after the other.
 *
 * @throws {JsonPatchError} at the first that does not fit; `document` stays as it was
 */
export function applyJsonPatch(document: Json, operations: readonly JsonObject[]): Json {
  const root = { document: cloneJson(document) };
  for (const operation of operations) applyOperation(root, operation);
  return root.document;
}

interface Root {
  document: Json;
}

function applyOperation(root: Root, operation: JsonObject): void {
  const path = textOf(operation, "path");
  const value = operation.value ?? null;
  switch (operation.op) {
    case "add":
      return add(placeOf(root, path), cloneJson(value));
    case "remove":
      return remove(placeOf(root, path));
    case "replace":
      if (path === "") return void (root.document = containerOf(cloneJson(value)));
      return replace(placeOf(root, path), cloneJson(value));
    case "move": {
      const from = placeOf(root, textOf(operation, "from"));
      const moved = get(from) ?? null;
      remove(from);
      return add(placeOf(root, path), moved);
    }
    case "copy": {
      const copied = get(placeOf(root, textOf(operation, "from"))) ?? null;
      return add(placeOf(root, path), cloneJson(copied));
    }
    case "test": {
      const found = path === "" ? root.document : get(placeOf(root, path));
      if (!equalJson(found ?? null, value)) throw new JsonPatchError(`testing value ${path} failed`);
      return;
    }
    default:
      throw new JsonPatchError(`unexpected operation ${JSON.stringify(operation.op)}`);
  }
}

function textOf(operation: JsonObject, key: string): string {
  const text = operation[key];
  if (typeof text !== "string") throw new JsonPatchError(`the operation has no ${key}`);
  return text;
}

interface Place {
  readonly container: Json[] | JsonObject;
  readonly key: string;
}

function placeOf({ document }: Root, path: string): Place {
  const steps = path.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = steps.pop();
  if (key === undefined) throw new JsonPatchError(`the document has no path ${JSON.stringify(path)}`);
  const container = steps.reduce<Json>((at, step) => get({ container: containerOf(at), key: step }) ?? null, document);
  return { container: containerOf(container), key };
}

function containerOf(value: Json): Json[] | JsonObject {
  if (Array.isArray(value) || isObject(value)) return value;
  throw new JsonPatchError("the path leads through a value that is neither a list nor an object");
}

function get({ container, key }: Place): Json | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  return container[indexIn(key, { max: container.length - 1, end: container.length })];
}

function add({ container, key }: Place, value: Json): void {
  if (!Array.isArray(container)) return setKey(container, key, value);
  const { length } = container;
  container.splice(key === "-" ? length : indexIn(key, { max: length, end: length + 1 }), 0, value);
}

function replace(place: Place, value: Json): void {
  const { container, key } = place;
  if (Array.isArray(container)) container[indexIn(key, { max: container.length - 1, end: container.length })] = value;
  else setKey(container, key, value);
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) {
    return void container.splice(indexIn(key, { max: container.length - 1, end: container.length }), 1);
  }
  if (!Object.hasOwn(container, key)) throw new JsonPatchError(`the key ${JSON.stringify(key)} is not there`);
  delete container[key];
}

/** An index up to `max`; negative ones count from `end`. */
function indexIn(key: string, { max, end }: { max: number; end: number }): number {
  const index = /^[+-]?\d+$/.test(key) ? Number(key) : NaN;
  const chosen = index < 0 ? index + end : index;
  if (!(chosen >= 0 && chosen <= max)) throw new JsonPatchError(`the index ${JSON.stringify(key)} is not there`);
  return chosen;
}
