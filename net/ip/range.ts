import { type Address, type Family, formatAddress, unmapAddress } from "./address.ts";
import { type Flaw, quote, scanAddress } from "./scan.ts";

/** Consecutive addresses of one family, both ends included; `first` ≤ `last`. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Reads `A` or `A-B`: one ASCII hyphen, both ends as in `parseAddress`, nothing else. No prefix length, no list, no
 * `10.0.0.7-20`.
 *
 * IPv4-mapped ends are IPv6, so `::ffff:10.0.0.7-10.0.0.9` mixes families and is refused.
 *
 * @throws {SyntaxError} if `text` is anything else, its ends are of two families, or `B` comes before `A`
 */
export function parseRange(text: string): AddressRange {
  const found = scanRange(text);
  if ("flaw" in found) throw new SyntaxError(`Cannot parse address range ${quote(text)}: ${found.flaw}`);
  return found;
}

/** Like {@linkcode parseRange}, but gives `undefined` for anything that is not a range. */
export function tryParseRange(text: string): AddressRange | undefined {
  const found = scanRange(text);
  return "flaw" in found ? undefined : found;
}

/** Canonical text: `A` when the range has one address, else `A-B`, each as by `formatAddress`. */
export function formatRange({ family, first, last }: AddressRange): string {
  const from = formatAddress({ family, value: first });
  return first === last ? from : `${from}-${formatAddress({ family, value: last })}`;
}

/** Number of addresses, 1 or more. */
export function rangeSize({ first, last }: AddressRange): bigint {
  return last - first + 1n;
}

/** Tells whether `address` is in `range`; never for the other family. */
export function rangeContains(range: AddressRange, address: Address): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

/** Tells whether some address is in both; never across families. */
export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** `::ffff:10.0.0.1-::ffff:10.0.0.9` gives 10.0.0.1-10.0.0.9; a range not inside ::ffff:0:0/96 is given back unchanged. */
export function unmapRange(range: AddressRange): AddressRange {
  const [first, last] = [range.first, range.last].map((value) => unmapAddress({ family: range.family, value }));
  if (first?.family !== 4 || last?.family !== 4) return range;
  return { family: 4, first: first.value, last: last.value };
}

function scanRange(text: string): AddressRange | Flaw {
  // At most one hyphen is legal, so a third part is enough to know.
  const ends = text.split("-", 3);
  if (ends.length > 2) return { flaw: 'it has more than one "-"' };
  const first = scanAddress(ends[0] ?? "");
  const last = ends[1] === undefined ? first : scanAddress(ends[1]);
  if ("flaw" in first) return { flaw: `${quote(ends[0] ?? "")} is not an address, ${first.flaw}` };
  if ("flaw" in last) return { flaw: `${quote(ends[1] ?? "")} is not an address, ${last.flaw}` };
  if (first.family !== last.family) return { flaw: "one end is IPv4 and the other IPv6" };
  if (last.value < first.value) return { flaw: "the last address comes before the first" };
  return { family: first.family, first: first.value, last: last.value };
}
