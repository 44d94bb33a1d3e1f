/** Pools of the scenarios of which `v4a` has one address, and that one in use. */
import { scenarioPools } from "./ipam_cluster.ts";

/** A request for an address of `v4a`. */
export const v4 = { defaultIPv4IPPool: ["v4a"] };
/** The pools. */
export const full = { ...scenarioPools, v4a: { ...scenarioPools.v4a, ips: ["10.1.0.10"] } };
/** Records of `v4a` when it is full. */
export const others = { "10.1.0.10": { pod: "ns1/other", podUid: "U9" } };
