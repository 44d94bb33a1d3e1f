import type { ObjectKey } from "./contract.ts";

/** The key of an object as one string: `namespace/name`, or `name` where there is no namespace. */
export function keyOf({ namespace, name }: ObjectKey): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/**
 * Reads what {@linkcode keyOf} wrote.
 *
 * @throws {SyntaxError} if `key` is neither `name` nor `namespace/name`
 */
export function parseKey(key: string): ObjectKey {
  const parts = key.split("/");
  const [first = "", second] = parts;
  if (parts.length > 2 || parts.includes("")) {
    throw new SyntaxError(`Cannot parse object key "${key}": it is neither "name" nor "namespace/name"`);
  }
  return second === undefined ? { name: first } : { namespace: first, name: second };
}
