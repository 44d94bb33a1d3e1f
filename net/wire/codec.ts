import type { Place } from "./error.ts";

/** Bytes in memory of their own, which system calls accept. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Turns values into bytes and back. */
export interface Codec<T> {
  /** @throws {RangeError} if `value` does not fit the format */
  encode(value: T): Bytes;
  /**
   * @param bytes all of them and no more; copied where the value keeps any
   * @throws {WireError} naming `place`
   */
  decode(bytes: Uint8Array, place: Place): T;
}

/** What a codec encodes and decodes. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;

/**
 * A codec that is looked up when used, for formats that contain themselves.
 *
 * @param find gives the codec
 */
export function lazy<T>(find: () => Codec<T>): Codec<T> {
  return {
    encode: (value) => find().encode(value),
    decode: (bytes, place) => find().decode(bytes, place),
  };
}

/** Joins byte arrays into a new one. */
export function joinBytes(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
