import type { Family } from "../ip/mod.ts";
import { AF } from "../uapi/mod.ts";

/** Kernel number of an IP version: `AF_INET` or `AF_INET6`. */
export function addressFamily(family: Family): number {
  return family === 4 ? AF.INET : AF.INET6;
}

/** Kernel number of the family of an address. */
export function addressFamilyOf({ family }: { readonly family: Family }): number {
  return addressFamily(family);
}

/** IP version of a kernel number; `undefined` for other protocols. */
export function familyOf(addressFamily: number): Family | undefined {
  if (addressFamily === AF.INET) return 4;
  return addressFamily === AF.INET6 ? 6 : undefined;
}
