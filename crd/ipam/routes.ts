import type { Address, Family, Prefix } from "../../net/ip/mod.ts";

/** A route of the Pod annotation `ipam.spidernet.io/routes`. */
export interface CustomRoute {
  readonly family: Family;
  /** Host bits cleared. */
  readonly dst: Prefix;
  readonly gateway: Address;
}
