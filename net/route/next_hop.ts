import type { Address } from "../ip/mod.ts";
import { RTA, RTNH_F } from "../uapi/mod.ts";
import {
  alignUp,
  type AttributesOf,
  attributeTable,
  type Bytes,
  type Codec,
  i32,
  ipBytes,
  joinBytes,
  type Place,
  type StructOf,
  structTable,
  u16,
  u8,
  WireError,
} from "../wire/mod.ts";
import { via } from "./route_parts.ts";

/** `struct rtnexthop`; `hops` is the weight minus 1. Source: linux/rtnetlink.h. */
export const nextHopHeader = structTable("rtnexthop", { length: u16, flags: u8, hops: u8, index: i32 });

/** Attributes after `struct rtnexthop`. Source: linux/rtnetlink.h. */
export const nextHopAttributes = attributeTable("next hop attribute", {
  gateway: [RTA.GATEWAY, ipBytes],
  via: [RTA.VIA, via],
});

/** One `struct rtnexthop` with its attributes. */
export interface NextHopPayload {
  readonly header: StructOf<typeof nextHopHeader>;
  readonly attributes: AttributesOf<typeof nextHopAttributes>;
}

/** One way of a multipath route. */
export interface NextHop {
  /** ifindex of the link. */
  readonly index: number;
  readonly gateway: Address | undefined;
  /** 1–256. */
  readonly weight: number;
  /** Flags of `RTNH_F`. */
  readonly flags: number;
}

/** A next hop to set. A {@linkcode NextHop} is one. */
export interface NextHopSpec {
  readonly index: number;
  readonly gateway?: Address | undefined;
  /** @default {1} */
  readonly weight?: number | undefined;
  /** The gateway is taken to be on the link (`onlink`), a flag of `RTNH_F`. */
  readonly flags?: number | undefined;
}

/** Codec of `RTA_MULTIPATH`: one `struct rtnexthop` after the other, each as long as it says. */
export const nextHops: Codec<readonly NextHopPayload[]> = {
  encode: (hops) => joinBytes(hops.map(encodeNextHop)),
  decode(bytes, place) {
    const found: NextHopPayload[] = [];
    for (let at = 0; at < bytes.length;) {
      const hop = decodeNextHop(bytes.subarray(at), { what: place.what, offset: place.offset + at });
      found.push(hop);
      at += alignUp(hop.header.length, 4);
    }
    return found;
  },
};

/** Reads a next hop. */
export function nextHopOf({ header, attributes }: NextHopPayload): NextHop {
  const gateway = attributes.gateway ?? attributes.via;
  return { index: header.index, gateway, weight: header.hops + 1, flags: header.flags };
}

/** Value of a next hop to send; `length` is filled in when encoding. A gateway of another family goes as `RTA_VIA`. */
export function nextHopPayload(
  { index, gateway, weight = 1, flags = 0 }: NextHopSpec,
  family: Address["family"],
): NextHopPayload {
  return {
    header: nextHopHeader.of({ flags: flags & RTNH_F.ONLINK, hops: weight - 1, index }),
    attributes: gatewayAttributes(gateway, family),
  };
}

/** The attribute that holds `gateway` in a route of `family`. */
export function gatewayAttributes(
  gateway: Address | undefined,
  family: Address["family"],
): { readonly gateway?: Address; readonly via?: Address } {
  if (gateway === undefined) return {};
  return gateway.family === family ? { gateway } : { via: gateway };
}

function encodeNextHop({ header, attributes }: NextHopPayload): Bytes {
  const rest = nextHopAttributes.encode(attributes);
  return joinBytes([nextHopHeader.encode({ ...header, length: nextHopHeader.size + rest.length }), rest]);
}

function decodeNextHop(bytes: Uint8Array, place: Place): NextHopPayload {
  const { size } = nextHopHeader;
  if (bytes.length < size) throw new WireError(place, `${bytes.length} bytes left, struct rtnexthop has ${size}`);
  const header = nextHopHeader.decode(bytes.subarray(0, size), place);
  if (header.length < size || header.length > bytes.length) {
    throw new WireError(place, `next hop of length ${header.length}, ${bytes.length} bytes left`);
  }
  const rest = bytes.subarray(size, header.length);
  return { header, attributes: nextHopAttributes.decode(rest, { what: place.what, offset: place.offset + size }) };
}
