/** The part of DER (ITU-T X.690) that a certificate of ours needs: encoding only. */

type Bytes = Uint8Array<ArrayBuffer>;

/** Tag, length, content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = Uint8Array.of(tag, ...lengthBytes(length), ...new Uint8Array(length));
  let at = bytes.length - length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return der(0x30, ...parts);
}

/** INTEGER of 0 or more. @param value big-endian, any number of leading zeros */
export function unsignedInteger(value: Uint8Array): Bytes {
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : value.subarray(first);
  return digits[0]! >= 0x80 ? der(0x02, Uint8Array.of(0), digits) : der(0x02, digits);
}

/** OBJECT IDENTIFIER. @param dotted such as `2.5.4.3`; its first two numbers are below 40 */
export function objectIdentifier(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Uint8Array.of(first * 40 + second, ...rest.flatMap(base128)));
}

/** BIT STRING of whole bytes; {@linkcode unusedBits} at its end do not count. */
export function bitString(content: Uint8Array, unusedBits = 0): Bytes {
  return der(0x03, Uint8Array.of(unusedBits), content);
}

/** OCTET STRING. */
export function octetString(content: Uint8Array): Bytes {
  return der(0x04, content);
}

/** UTF8String. */
export function utf8String(text: string): Bytes {
  return der(0x0c, new TextEncoder().encode(text));
}

/** BOOLEAN true. */
export const booleanTrue: Bytes = der(0x01, Uint8Array.of(0xff));

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5). @param ms since the epoch */
export function time(ms: number): Bytes {
  const text = new Date(ms).toISOString().replace(/\.\d+Z$/, "Z").replace(/[-:T]/g, "");
  const isShort = new Date(ms).getUTCFullYear() < 2050;
  return der(isShort ? 0x17 : 0x18, new TextEncoder().encode(isShort ? text.slice(2) : text));
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) digits.unshift(rest & 0xff);
  return [0x80 | digits.length, ...digits];
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
