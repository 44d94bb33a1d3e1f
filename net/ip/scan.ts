import type { Address } from "./address.ts";

/** Why a text is not an address: a phrase for the end of a message. */
export interface Flaw {
  readonly flaw: string;
}

/** Length of the longest text of an address: eight full groups, the last two as a dotted quad. */
const maxLength = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;

/** Strict scanner behind `parseAddress`, which describes the grammar; never throws. */
export function scanAddress(text: string): Address | Flaw {
  if (text.length > maxLength) return { flaw: `${text.length} characters are too many` };
  const value = text.includes(":") ? scanGroups(text) : scanQuad(text);
  if (typeof value === "string") return { flaw: value };
  return typeof value === "number" ? { family: 4, value: BigInt(value) } : { family: 6, value };
}

/** The text in double quotes for a message: control characters escaped, cut after 100 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** Value of a dotted quad, or what is wrong with it. */
function scanQuad(text: string): number | string {
  const octets = text.split(".");
  if (octets.length !== 4) return "it is neither four decimal octets nor IPv6 groups";
  let value = 0;
  for (const octet of octets) {
    if (!/^[0-9]{1,3}$/.test(octet)) return "an octet is not a decimal number of one to three digits";
    if (octet.length > 1 && octet.startsWith("0")) return "an octet has a leading zero";
    if (Number(octet) > 255) return "an octet is over 255";
    value = value * 256 + Number(octet);
  }
  return value;
}

/** Value of IPv6 text, or what is wrong with it. */
function scanGroups(text: string): bigint | string {
  const gap = text.indexOf("::");
  if (gap === -1) return joinGroups({ head: [], tail: text.split(":"), gap: false });
  if (text.includes("::", gap + 1)) return 'it has "::" more than once';
  return joinGroups({ head: groupTexts(text.slice(0, gap)), tail: groupTexts(text.slice(gap + 2)), gap: true });
}

function groupTexts(text: string): string[] {
  return text === "" ? [] : text.split(":");
}

/** Groups before and after the `::`; without one, all groups are in `tail`. */
interface GroupTexts {
  readonly head: readonly string[];
  readonly tail: readonly string[];
  readonly gap: boolean;
}

function joinGroups({ head, tail, gap }: GroupTexts): bigint | string {
  const quad = tail.at(-1)?.includes(".") ? scanQuad(tail.at(-1) ?? "") : undefined;
  if (typeof quad === "string") return quad;
  const hexTail = quad === undefined ? tail : tail.slice(0, -1);
  const count = head.length + tail.length + (quad === undefined ? 0 : 1);
  // "::" stands for at least one group (RFC 4291 §2.2).
  if (gap ? count > 7 : count !== 8) return `it has ${count} groups`;
  if (![...head, ...hexTail].every(isHexGroup)) return "a group is not one to four hexadecimal digits";
  const zeros = Array<string>(8 - count).fill("0");
  const value = bigintOf([...head, ...zeros, ...hexTail]);
  return quad === undefined ? value : (value << 32n) | BigInt(quad);
}

function isHexGroup(text: string): boolean {
  return /^[0-9a-fA-F]{1,4}$/.test(text);
}

function bigintOf(groups: readonly string[]): bigint {
  return BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`);
}
