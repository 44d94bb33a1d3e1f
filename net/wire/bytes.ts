import { type Address, addressFromBytes, bytesOfAddress } from "../ip/mod.ts";
import type { Bytes, Codec } from "./codec.ts";
import { WireError } from "./error.ts";

/** Bytes as they are, copied. */
export const rawBytes: Codec<Bytes> = {
  encode: (value) => value.slice(),
  decode: (bytes) => new Uint8Array(bytes),
};

/** An IPv4 or IPv6 address: 4 or 16 bytes, big-endian. */
export const ipBytes: Codec<Address> = {
  encode: (value) => bytesOfAddress(value),
  decode(bytes, place) {
    if (bytes.length !== 4 && bytes.length !== 16) {
      throw new WireError(place, `${bytes.length} bytes, want 4 or 16 (IP address)`);
    }
    return addressFromBytes(bytes);
  },
};

/** An attribute without payload: it is there (`true`), or it is not. */
export const flag: Codec<true> = {
  encode: () => new Uint8Array(0),
  decode(bytes, place) {
    if (bytes.length !== 0) throw new WireError(place, `${bytes.length} bytes, want none (flag)`);
    return true;
  },
};

/**
 * UTF-8 text that ends with NUL. A missing NUL is accepted when decoding; what follows the first one is dropped.
 *
 * @param size most bytes, NUL included
 */
export function cString(size: number): Codec<string> {
  return {
    encode: (value) => encodeCString(value, size),
    decode(bytes, place) {
      const end = bytes.indexOf(0);
      const text = end === -1 ? bytes : bytes.subarray(0, end);
      if (text.length >= size) throw new WireError(place, `text of ${text.length} bytes, want at most ${size - 1}`);
      return new TextDecoder().decode(text);
    },
  };
}

function encodeCString(value: string, size: number): Bytes {
  if (value.includes("\0")) throw new RangeError(`Cannot encode ${JSON.stringify(value)}: it contains NUL`);
  const bytes = new TextEncoder().encode(`${value}\0`);
  if (bytes.length <= size) return bytes;
  throw new RangeError(`Cannot encode ${JSON.stringify(value)}: ${bytes.length - 1} bytes, at most ${size - 1} fit`);
}
