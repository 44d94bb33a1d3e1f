import {
  type Address,
  bitsOf,
  compareAddresses,
  type Family,
  parsePrefix,
  type Prefix,
  prefixContains,
} from "../../net/ip/mod.ts";
import type { LinkAddress } from "../../net/route/mod.ts";

const notForOthers = ["127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "::1/128", "fe80::/10", "ff00::/8"].map(
  parsePrefix,
);

/** Whether others than the neighbors on the link may use it: neither loopback nor link-local nor multicast. */
export function isRoutable(address: Address): boolean {
  return !notForOthers.some((prefix) => prefixContains(prefix, address));
}

/** Routable addresses of the link with this index, or of all. */
export function routableAddresses(addresses: readonly LinkAddress[], index?: number): Address[] {
  return addresses
    .filter((address) => index === undefined || address.index === index)
    .map(({ prefix }) => prefix.address)
    .filter(isRoutable);
}

/** Families of `addresses`, IPv4 first. */
export function familiesOf(addresses: readonly Address[]): Family[] {
  return ([4, 6] as const).filter((family) => addresses.some((address) => address.family === family));
}

/** The address alone: /32 or /128. */
export function hostPrefix(address: Address): Prefix {
  return { address, length: bitsOf(address.family) };
}

/** Whether two addresses, or their absences, are the same. */
export function isSameAddress(a: Address | undefined, b: Address | undefined): boolean {
  return a === undefined || b === undefined ? a === b : compareAddresses(a, b) === 0;
}

/** Whether two prefixes, or their absences, are the same. */
export function isSamePrefix(a: Prefix | undefined, b: Prefix | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && isSameAddress(a.address, b.address);
}

/** Whether `address` is one of `list`. */
export function includesAddress(list: readonly Address[], address: Address): boolean {
  return list.some((one) => isSameAddress(one, address));
}
