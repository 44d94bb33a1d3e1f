import { quote, scanAddress } from "./scan.ts";

/** IP version. */
export type Family = 4 | 6;

/** One IP address as a number: 0 to 2^32 − 1, or 0 to 2^128 − 1, by its family. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

const lastValues = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const;
const mappedMark = 0xffffn << 32n;

/** Width of an address of `family`: 32 or 128 bits. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Value of the last address of `family`: that of 255.255.255.255, or of ffff:…:ffff. */
export function lastValueOf(family: Family): bigint {
  return lastValues[family];
}

/**
 * Reads an address: four decimal octets without leading zeros, or RFC 4291 §2.2 text in any letter case, with one
 * `::` and a dotted tail allowed. No white space, zone, port, brackets or prefix length.
 *
 * The text decides the family: `::ffff:10.0.0.1` and `::ffff:a00:1` are both IPv6. Whoever wants the IPv4 address
 * inside calls {@linkcode unmapAddress}; whoever wants to refuse it asks {@linkcode isMappedAddress}.
 *
 * @throws {SyntaxError} if `text` is anything else; the message says which part is wrong
 */
export function parseAddress(text: string): Address {
  const found = scanAddress(text);
  if ("flaw" in found) throw new SyntaxError(`Cannot parse address ${quote(text)}: ${found.flaw}`);
  return found;
}

/** Like {@linkcode parseAddress}, but gives `undefined` for anything that is not an address. */
export function tryParseAddress(text: string): Address | undefined {
  const found = scanAddress(text);
  return "flaw" in found ? undefined : found;
}

/**
 * Canonical text: a dotted quad, or RFC 5952 (lower case, the longest run of two or more zero groups as `::`, the
 * first one on a tie). IPv4-mapped addresses keep their dotted tail (RFC 5952 §5): `::ffff:10.0.0.1`.
 */
export function formatAddress(address: Address): string {
  if (address.family === 4) return formatQuad(Number(address.value));
  if (isMappedAddress(address)) return `::ffff:${formatQuad(Number(address.value & 0xffff_ffffn))}`;
  const groups = groupsOf(address.value);
  const gap = longestZeroRun(groups);
  if (gap.length < 2) return groups.map(hex).join(":");
  return `${groups.slice(0, gap.start).map(hex).join(":")}::${groups.slice(gap.start + gap.length).map(hex).join(":")}`;
}

/** Orders addresses for `sort`: IPv4 before IPv6, then by value. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** Tells whether `address` lies in ::ffff:0:0/96, the IPv4-mapped block (RFC 4291 §2.5.5.2). */
export function isMappedAddress(address: Address): boolean {
  return address.family === 6 && address.value >> 32n === 0xffffn;
}

/** The IPv4 address inside an IPv4-mapped one; every other address unchanged. */
export function unmapAddress(address: Address): Address {
  return isMappedAddress(address) ? { family: 4, value: address.value ^ mappedMark } : address;
}

/**
 * Reads an address from the wire.
 *
 * @param bytes 4 or 16 bytes, network order; not kept
 * @throws {RangeError} for any other length
 */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length !== 4 && bytes.length !== 16) {
    throw new RangeError(`Cannot read address: need 4 or 16 bytes, got ${bytes.length}`);
  }
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return { family: bytes.length === 4 ? 4 : 6, value };
}

/** Writes an address for the wire: 4 or 16 new bytes, network order. */
export function bytesOfAddress({ family, value }: Address): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(bitsOf(family) / 8);
  let rest = value;
  for (let i = bytes.length - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

function formatQuad(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

function groupsOf(value: bigint): number[] {
  return Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
}

function hex(group: number): string {
  return group.toString(16);
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, i) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i + 1 - length, length };
  });
  return best;
}
