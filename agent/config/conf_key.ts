import * as v from "valibot";
import { type About, about } from "./about.ts";

/** What every key says about itself. */
export type KeyText = About & { readonly text: string };

/** A key with `schema`, which is `fallback` where it is missing or null. */
export function key<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  { value, ...told }: KeyText & { readonly value: D },
) {
  return about(v.nullish(schema, value), told);
}

/** A group of keys that may be missing as a whole; each of them has a default. */
export function group<const E extends v.ObjectEntries>(entries: E) {
  return v.nullish(keys(entries), {} as v.InferInput<ReturnType<typeof keys<E>>>); // see above
}

/** A mapping that has `entries`, and may have others, which are reported. */
export function keys<const E extends v.ObjectEntries>(entries: E) {
  return v.object(entries, "must be a mapping of keys");
}
