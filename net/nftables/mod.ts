/**
 * nf_tables over netlink: what nft(8) does, for the few rules this project needs.
 *
 * @example
 * ```ts
 * using netfilter = openNetfilter();
 * netfilter.markConnections([4, 6], { link: "veth0", mark: 1 });
 * ```
 *
 * @module
 */
export { type ConnectionMark } from "./messages.ts";
export { type Netfilter, netfilterOver, openNetfilter } from "./netfilter.ts";
