import type { Address, Family } from "../../net/ip/mod.ts";
import type { Link, LinkAddress, Neighbor, Route, Rule } from "../../net/route/mod.ts";
import type { Place } from "../../net/steps/mod.ts";
import type { Bytes } from "../../net/wire/mod.ts";

/** What a netns shows. */
export interface ObservedNetns {
  readonly links: readonly Link[];
  /** IPv4 before IPv6. */
  readonly addresses: readonly LinkAddress[];
  /** In the Pod of all tables but `local`, on the host of the table with routes to Pods. */
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly neighbors: readonly Neighbor[];
  /** Settings by their key; one that does not exist is left out. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** The node's way to an address of the Pod. */
export interface HostLookup {
  /** The address the node would send from. */
  readonly source: Address;
  /** Table the answer comes from. */
  readonly table: number;
}

/** All that a plan is made from, beside the settings. */
export interface Observed extends Readonly<Record<Place, ObservedNetns>> {
  readonly containerId: string;
  /** `CNI_IFNAME`: the current link. */
  readonly ifname: string;
  /** The node's ways to the Pod's addresses, in their order, without those it has none to. */
  readonly lookups: readonly HostLookup[];
  /** Families whose connections are marked in the Pod. */
  readonly marked: readonly Family[];
  /** Link-layer addresses for a veth pair, should one be made. */
  readonly newVeth: { readonly pod: Bytes; readonly host: Bytes };
}
