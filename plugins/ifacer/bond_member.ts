import { formatPrefix, parsePrefix, prefixContains } from "../../net/ip/mod.ts";
import { isDefault, leavesBy, type Link } from "../../net/route/mod.ts";
import { invalidConfig } from "./errors.ts";
import { nameOf, type Observed } from "./observed.ts";

/** Every link that is up has one of these: it says nothing about its use. */
const linkLocal = parsePrefix("fe80::/10");

/**
 * Refuses to put a link into a bond that the node is using: it is set down for that, and what goes by it would be cut off.
 *
 * @throws {CniError} code 7
 */
export function refuseMemberInUse(link: Link, { bond, observed }: { bond: string; observed: Observed }): void {
  const use = useOf(link, observed);
  if (use === undefined) return;
  throw invalidConfig(`Cannot add ${link.name} to bond ${bond}: ${use}; it would be cut off`);
}

function useOf({ index, masterIndex = 0 }: Link, observed: Observed): string | undefined {
  if (masterIndex !== 0) return `it is part of ${nameOf(observed, masterIndex)}`;
  const own = observed.addresses.find((address) =>
    address.index === index && !prefixContains(linkLocal, address.prefix.address)
  );
  if (own !== undefined) return `the node has the address ${formatPrefix(own.prefix)} there`;
  const upper = observed.links.find((candidate) => sitsOn(candidate, index));
  if (upper !== undefined) return `${upper.name} sits on it`;
  const hasDefault = observed.routes.some((route) => isDefault(route) && leavesBy(route, index));
  return hasDefault ? "the node has a default route there" : undefined;
}

/** Kinds of links whose packets go by another link; the parent of a veth is its other end. */
const upperKinds: readonly string[] = ["vlan", "macvlan", "macvtap", "ipvlan", "ipvtap"];

function sitsOn({ kind = "", parentIndex, parentNetnsId }: Link, index: number): boolean {
  return parentIndex === index && parentNetnsId === undefined && upperKinds.includes(kind);
}
