import { type Address, bitsOf, formatAddress, isMappedAddress, lastValueOf, unmapAddress } from "./address.ts";
import type { AddressRange } from "./range.ts";
import { type Flaw, quote, scanAddress } from "./scan.ts";

/** An address with a prefix length in bits. Host bits are kept, as in `10.0.0.5/24` on a link. */
export interface Prefix {
  readonly address: Address;
  /** 0–32 or 0–128 by the family of `address`. */
  readonly length: number;
}

/**
 * Joins an address and a length.
 *
 * @throws {RangeError} if `length` is not a whole number that fits the family
 */
export function prefixOf(address: Address, length: number): Prefix {
  if (!Number.isInteger(length) || length < 0 || length > bitsOf(address.family)) {
    throw new RangeError(`Cannot make prefix of ${formatAddress(address)}: length ${length} does not fit the family`);
  }
  return { address, length };
}

/**
 * Reads `address/length`; host bits are allowed and kept. The address as in `parseAddress`, the length decimal
 * without sign or leading zeros.
 *
 * @throws {SyntaxError} if `text` is anything else, an address alone included
 */
export function parsePrefix(text: string): Prefix {
  return orThrow(text, scanPrefix(text));
}

/** Like {@linkcode parsePrefix}, but gives `undefined` for anything that is not a prefix. */
export function tryParsePrefix(text: string): Prefix | undefined {
  const found = scanPrefix(text);
  return "flaw" in found ? undefined : found;
}

/**
 * Reads `address/length`, or an address alone as /32 or /128.
 *
 * @throws {SyntaxError} if `text` is neither
 */
export function parseAddressOrPrefix(text: string): Prefix {
  return orThrow(text, text.includes("/") ? scanPrefix(text) : hostPrefix(scanAddress(text)));
}

/** Canonical text, host bits kept: `10.0.0.5/24`, `fd00::/48`. */
export function formatPrefix({ address, length }: Prefix): string {
  return `${formatAddress(address)}/${length}`;
}

/** The same prefix with its host bits cleared: 10.0.0.5/24 gives 10.0.0.0/24. */
export function networkOf(prefix: Prefix): Prefix {
  const { family, first } = rangeOfPrefix(prefix);
  return { address: { family, value: first }, length: prefix.length };
}

/** All addresses under `prefix`, the network and broadcast addresses of IPv4 included. */
export function rangeOfPrefix({ address: { family, value }, length }: Prefix): AddressRange {
  const hostMask = lastValueOf(family) >> BigInt(length);
  const last = value | hostMask;
  return { family, first: last ^ hostMask, last };
}

/** Tells whether `address` is under `prefix`; never for the other family, also when IPv4-mapped. */
export function prefixContains(prefix: Prefix, address: Address): boolean {
  const { family, first, last } = rangeOfPrefix(prefix);
  return address.family === family && first <= address.value && address.value <= last;
}

/** Tells whether some address is under both: one contains the other. Never across families. */
export function prefixesOverlap(a: Prefix, b: Prefix): boolean {
  return a.length <= b.length ? prefixContains(a, b.address) : prefixContains(b, a.address);
}

/** `::ffff:10.0.0.0/120` gives 10.0.0.0/24; a prefix that is not inside ::ffff:0:0/96 is given back unchanged. */
export function unmapPrefix(prefix: Prefix): Prefix {
  if (prefix.length < 96 || !isMappedAddress(prefix.address)) return prefix;
  return { address: unmapAddress(prefix.address), length: prefix.length - 96 };
}

function scanPrefix(text: string): Prefix | Flaw {
  const slash = text.indexOf("/");
  if (slash === -1) return { flaw: "it has no /length" };
  const address = scanAddress(text.slice(0, slash));
  if ("flaw" in address) return address;
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length)) {
    return { flaw: "its length is not a decimal number without leading zeros" };
  }
  if (Number(length) > bitsOf(address.family)) return { flaw: `its length is over ${bitsOf(address.family)} bits` };
  return { address, length: Number(length) };
}

function hostPrefix(address: Address | Flaw): Prefix | Flaw {
  return "flaw" in address ? address : { address, length: bitsOf(address.family) };
}

function orThrow(text: string, found: Prefix | Flaw): Prefix {
  if ("flaw" in found) throw new SyntaxError(`Cannot parse prefix ${quote(text)}: ${found.flaw}`);
  return found;
}
