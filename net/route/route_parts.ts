import { type Address, bitsOf, type Family, type Prefix } from "../ip/mod.ts";
import { type Codec, ipBytes, joinBytes, u16, viewOf, WireError } from "../wire/mod.ts";
import { addressFamilyOf } from "./family.ts";

/** The table number as the one byte of a header: 0 where it does not fit and an attribute holds it. */
export function headerTable(table: number): number {
  return table < 256 ? table : 0;
}

/**
 * Joins an address attribute and the length in the header.
 *
 * @returns `undefined` where there is no address
 * @throws {WireError} if the length does not fit the family
 */
export function prefixFrom(address: Address | undefined, length: number): Prefix | undefined {
  if (address === undefined) return undefined;
  if (length <= bitsOf(address.family)) return { address, length };
  throw new WireError({ what: "prefix", offset: 0 }, `length ${length} for IPv${address.family}`);
}

/** The prefix of a default route: 0.0.0.0/0 or ::/0. */
export function defaultPrefix(family: Family): Prefix {
  return { address: { family, value: 0n }, length: 0 };
}

/** `struct rtvia`: u16 address family, host order, then the address: a gateway of another family. */
export const via: Codec<Address> = {
  encode(address) {
    const family = u16.encode(addressFamilyOf(address));
    return joinBytes([family, ipBytes.encode(address)]);
  },
  decode(bytes, place) {
    if (bytes.length < u16.size) throw new WireError(place, `${bytes.length} bytes, want 6 or 18 (struct rtvia)`);
    const address = ipBytes.decode(bytes.subarray(u16.size), place);
    const family = u16.read(viewOf(bytes), 0);
    if (family === addressFamilyOf(address)) return address;
    throw new WireError(place, `address family ${family} with ${bytes.length - u16.size} bytes`);
  },
};
