import type { Address } from "../ip/mod.ts";
import { NDA, NUD } from "../uapi/mod.ts";
import {
  type AttributesOf,
  attributeTable,
  type Bytes,
  i32,
  ipBytes,
  payloadTable,
  rawBytes,
  type StructOf,
  structTable,
  u16,
  u32,
  u8,
  WireError,
} from "../wire/mod.ts";
import { addressFamilyOf } from "./family.ts";

/** `struct ndmsg`. Source: linux/neighbour.h. */
export const neighborHeader = structTable("ndmsg", {
  family: u8,
  index: i32,
  state: u16,
  flags: u8,
  type: u8,
});

/** Attributes after `struct ndmsg`. Source: linux/neighbour.h. */
export const neighborAttributes = attributeTable("neighbor attribute", {
  destination: [NDA.DST, ipBytes],
  lladdr: [NDA.LLADDR, rawBytes],
  probes: [NDA.PROBES, u32],
  filterIndex: [NDA.IFINDEX, u32],
  protocol: [NDA.PROTOCOL, u8],
});

/** Payload of RTM_NEWNEIGH, RTM_DELNEIGH and RTM_GETNEIGH. */
export const neighborPayload = payloadTable(neighborHeader, neighborAttributes);

/** Decoded payload of a neighbor message. */
export interface NeighborPayload {
  readonly header: StructOf<typeof neighborHeader>;
  readonly attributes: AttributesOf<typeof neighborAttributes>;
}

/** Who owns an address on a link. */
export interface Neighbor {
  /** ifindex of the link. */
  readonly index: number;
  readonly destination: Address;
  /** Link-layer address, `undefined` while unknown. */
  readonly lladdr: Bytes | undefined;
  /** Flags of `NUD`. */
  readonly state: number;
  /** Flags of `NTF`. */
  readonly flags: number;
}

/** A neighbor to set. A {@linkcode Neighbor} is one. */
export interface NeighborSpec {
  readonly index: number;
  readonly destination: Address;
  readonly lladdr?: Bytes | undefined;
  /** @default {NUD.PERMANENT} */
  readonly state?: number | undefined;
  readonly flags?: number | undefined;
}

/** Reads a neighbor out of an RTM_NEWNEIGH payload. @throws {WireError} if it has no address */
export function neighborOf({ header, attributes }: NeighborPayload): Neighbor {
  const { destination, lladdr } = attributes;
  if (destination === undefined) throw new WireError({ what: "neighbor", offset: 0 }, "no destination");
  return { index: header.index, destination, lladdr, state: header.state, flags: header.flags };
}

/** Payload that adds or replaces a neighbor. */
export function newNeighborPayload(spec: NeighborSpec): NeighborPayload {
  const { index, destination, lladdr, state = NUD.PERMANENT, flags = 0 } = spec;
  return neighborPayload.of({ family: addressFamilyOf(destination), index, state, flags }, { destination, lladdr });
}

/** Payload that deletes a neighbor. */
export function deleteNeighborPayload(
  { index, destination, flags = 0 }: Pick<NeighborSpec, "index" | "destination" | "flags">,
): NeighborPayload {
  return neighborPayload.of({ family: addressFamilyOf(destination), index, flags }, { destination });
}
