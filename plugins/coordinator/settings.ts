import type { Address, Prefix } from "../../net/ip/mod.ts";
import type { Bytes } from "../../net/wire/mod.ts";

/** What an operator may ask for; `auto` is decided by what the Pod has. */
export const modes = ["auto", "underlay", "overlay", "disabled"] as const;

/** One of {@linkcode modes}. */
export type Mode = typeof modes[number];

/** A route of `policyRoutes`. */
export interface PolicyRoute {
  readonly destination: Prefix;
  /** Of the family of `destination`. */
  readonly gateway: Address;
}

/** What the coordinator is to do: the network configuration over the agent's answer over the defaults, checked. */
export interface CoordinatorSettings {
  readonly mode: Mode;
  /** Name of the link that the Pod's first network made. */
  readonly firstLink: string;
  /** Prefixes that Pods reach through their node, in the order of Pods, services and further ones. */
  readonly hijacked: readonly Prefix[];
  readonly policyRoutes: readonly PolicyRoute[];
  readonly tunePodRoutes: boolean;
  /** The link that is to have the default route; empty: the one that has it. */
  readonly defaultRouteLink: string;
  /** First two bytes of the link's address. */
  readonly macPrefix: Bytes | undefined;
  /** Number of the table with the node's routes to its Pods. */
  readonly hostRuleTable: number;
  /** 0–2; `undefined` leaves it. */
  readonly podRpFilter: number | undefined;
  /** `undefined` leaves it. */
  readonly txQueueLength: number | undefined;
  readonly vethLinkAddress: Address | undefined;
  /** Bytes. */
  readonly vethMtu: number;
  /** Addresses of the node that Pods do not get a route to, such as floating ones. */
  readonly excludedHostAddresses: readonly Prefix[];
}
