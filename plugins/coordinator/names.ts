import { RT_TABLE } from "../../net/uapi/mod.ts";

/** The Pod's end of the veth pair to its node. */
export const POD_VETH = "veth0";
/** Answers to connections that came in by the veth, and, in overlay mode, packets of the first link. */
export const REPLY_TABLE = 100;
/** Table of the first link that is not the Pod's first one; further ones count from here. */
export const FIRST_LINK_TABLE = 101;
/** Priority of the rules that are not of one address. */
export const RULE_PRIORITY = 1000;
/** The bit of packet and connection marks that is ours. */
export const REPLY_MARK = 0x1;

/** The table of ordinary routes. */
export const MAIN_TABLE = RT_TABLE.MAIN;

/** Name of the node's end of the veth pair: `veth` and 11 characters of the container ID, 15 at most. */
export function hostVethName(containerId: string): string {
  return `veth${containerId.slice(0, 11)}`;
}
