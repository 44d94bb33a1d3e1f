import type { Bytes } from "./codec.ts";

/**
 * Reads a link-layer address such as `02:42:ac:11:00:02`: six pairs of hexadecimal digits, either letter case.
 *
 * @throws {SyntaxError} if `text` is anything else
 */
export function parseMac(text: string): Bytes {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw new SyntaxError(`Cannot parse MAC address ${JSON.stringify(text)}: want six hexadecimal pairs joined by ":"`);
  }
  return Uint8Array.from(text.split(":"), (pair) => parseInt(pair, 16));
}

/** Writes a link-layer address of any length: lower case, pairs joined by `:`. */
export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
