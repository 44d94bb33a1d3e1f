/** Nodes for tests, written down as a few words per link. */
import { parsePrefix } from "../../net/ip/mod.ts";
import type { Link, LinkInfo } from "../../net/route/mod.ts";
import { ETH_P, IFF, RTN } from "../../net/uapi/mod.ts";
import type { Observed } from "./observed.ts";

/** A link of a node. */
export interface FixtureLink {
  readonly name: string;
  /** @default {true} */
  readonly up?: boolean;
  /** Bytes. @default {1500} */
  readonly mtu?: number;
  /** Of a kind that has nothing further to say. */
  readonly kind?: string;
  /** Name of the parent, id; `protocol` one of `ETH_P`. */
  readonly vlan?: { readonly on: string; readonly id: number; readonly protocol?: number };
  /** Number of the mode. */
  readonly bond?: number;
  /** Name of the link that it is part of. */
  readonly master?: string;
  readonly prefixes?: readonly string[];
  /** The node's default route goes by it. */
  readonly isDefault?: boolean;
  /** Its parent is in another netns. */
  readonly isForeign?: boolean;
}

/** A node with `lo` and these links, whose indexes count from 2. */
export function nodeWith(...given: readonly FixtureLink[]): Observed {
  const all: readonly FixtureLink[] = [{ name: "lo", mtu: 65536, prefixes: ["127.0.0.1/8", "::1/128"] }, ...given];
  const indexOf = (name: string) => all.findIndex((link) => link.name === name) + 1;
  const links = all.map((link): Link => linkOf(link, indexOf));
  return { links, addresses: all.flatMap((link) => addressesOf(link, indexOf)), routes: routesOf(all, indexOf) };
}

type IndexOf = (name: string) => number;

function linkOf({ name, up = true, mtu = 1500, isForeign, ...rest }: FixtureLink, indexOf: IndexOf): Link {
  const info = infoOf(rest);
  return {
    index: indexOf(name),
    name,
    up,
    flags: up ? IFF.UP : 0,
    type: 1,
    mtu,
    address: Uint8Array.of(2, 0, 0, 0, 0, indexOf(name)),
    txQueueLength: 1000,
    operState: 6,
    kind: info?.kind,
    info,
    parentIndex: rest.vlan === undefined ? undefined : indexOf(rest.vlan.on),
    parentNetnsId: isForeign ? 0 : undefined,
    masterIndex: rest.master === undefined ? undefined : indexOf(rest.master),
  };
}

function infoOf({ kind, vlan, bond }: Omit<FixtureLink, "name">): LinkInfo | undefined {
  if (vlan !== undefined) {
    return { kind: "vlan", vlan: { id: vlan.id, protocol: vlan.protocol ?? ETH_P["8021Q"] } };
  }
  if (bond !== undefined) return { kind: "bond", bond: { mode: bond } };
  return kind === undefined ? undefined : { kind };
}

function addressesOf({ name, prefixes = [] }: FixtureLink, indexOf: IndexOf): Observed["addresses"] {
  return prefixes.map((text) => ({
    index: indexOf(name),
    prefix: parsePrefix(text),
    peer: undefined,
    broadcast: undefined,
    scope: 0,
    label: undefined,
    flags: 0,
    preferredLifetimeS: Infinity,
    validLifetimeS: Infinity,
  }));
}

function routesOf(all: readonly FixtureLink[], indexOf: IndexOf): Observed["routes"] {
  return all.filter(({ isDefault }) => isDefault).map(({ name }) => ({
    destination: parsePrefix("0.0.0.0/0"),
    source: undefined,
    gateway: undefined,
    index: indexOf(name),
    preferredSource: undefined,
    priority: undefined,
    table: 254,
    scope: 0,
    type: RTN.UNICAST,
    protocol: 3,
    flags: 0,
    metrics: undefined,
    nextHops: [],
  }));
}
