import type { Bytes } from "../../net/wire/mod.ts";

/** A link-layer address nobody else has: random, locally administered, unicast. Source: RFC 9542 §2.1. */
export function randomMac(): Bytes {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return bytes;
}
