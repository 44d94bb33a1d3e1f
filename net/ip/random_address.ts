import type { Random } from "../base/random.ts";
import { type Address, bitsOf, type Family } from "./address.ts";

/** For tests: an address whose 16-bit groups are zero every other time, so that every kind of zero run occurs. */
export function randomAddress(family: Family, random: Random): Address {
  let value = 0n;
  for (let bits = 0; bits < bitsOf(family); bits += 16) {
    value = (value << 16n) | (random() < 0.5 ? 0n : BigInt(Math.floor(random() * 0x10000)));
  }
  return { family, value };
}
