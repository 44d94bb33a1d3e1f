/**
 * IP addresses, prefixes, ranges and sets of them, as numbers: text is read once at the edge, strictly, and everything
 * after that is arithmetic on `bigint` whose cost does not depend on how many addresses a range has.
 *
 * @example
 * ```ts
 * import { AddressSet, formatRange, parsePrefix, parseRange, rangeOfPrefix } from "./net/ip/mod.ts";
 *
 * const pool = AddressSet.of(4, [rangeOfPrefix(parsePrefix("10.0.0.0/8"))]);
 * const used = AddressSet.of(4, ["10.0.0.0", "10.0.0.7-10.0.0.9"].map(parseRange));
 * const free = pool.difference(used);
 * free.ranges().map(formatRange); // ["10.0.0.1-10.0.0.6", "10.0.0.10-10.255.255.255"]
 * ```
 *
 * @module
 */
export {
  type Address,
  addressFromBytes,
  bitsOf,
  bytesOfAddress,
  compareAddresses,
  type Family,
  formatAddress,
  isMappedAddress,
  lastValueOf,
  parseAddress,
  tryParseAddress,
  unmapAddress,
} from "./address.ts";
export {
  formatPrefix,
  networkOf,
  parseAddressOrPrefix,
  parsePrefix,
  type Prefix,
  prefixContains,
  prefixesOverlap,
  prefixOf,
  rangeOfPrefix,
  tryParsePrefix,
  unmapPrefix,
} from "./prefix.ts";
export {
  type AddressRange,
  formatRange,
  parseRange,
  rangeContains,
  rangeSize,
  rangesOverlap,
  tryParseRange,
  unmapRange,
} from "./range.ts";
export { AddressSet, type Interval } from "./set.ts";
