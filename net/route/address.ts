import { type Address, compareAddresses, type Prefix, rangeOfPrefix } from "../ip/mod.ts";
import { IFA, IFA_F, IFNAMSIZ } from "../uapi/mod.ts";
import {
  type AttributesOf,
  attributeTable,
  cString,
  ipBytes,
  payloadTable,
  type StructOf,
  structTable,
  u32,
  u8,
  WireError,
} from "../wire/mod.ts";
import { addressFamilyOf } from "./family.ts";

/** `struct ifaddrmsg`. Source: linux/if_addr.h. */
export const addressHeader = structTable("ifaddrmsg", {
  family: u8,
  prefixLength: u8,
  flags: u8,
  scope: u8,
  index: u32,
});

/** `struct ifa_cacheinfo`; lifetimes in seconds, 2^32 − 1 for ever; stamps in hundredths of seconds since boot. */
export const addressCacheInfo = structTable("ifa_cacheinfo", {
  preferred: u32,
  valid: u32,
  created: u32,
  updated: u32,
});

/** Attributes after `struct ifaddrmsg`. Source: linux/if_addr.h. */
export const addressAttributes = attributeTable("address attribute", {
  address: [IFA.ADDRESS, ipBytes],
  local: [IFA.LOCAL, ipBytes],
  label: [IFA.LABEL, cString(IFNAMSIZ)],
  broadcast: [IFA.BROADCAST, ipBytes],
  cacheInfo: [IFA.CACHEINFO, addressCacheInfo],
  flags: [IFA.FLAGS, u32],
  routePriority: [IFA.RT_PRIORITY, u32],
  protocol: [IFA.PROTO, u8],
});

/** Payload of RTM_NEWADDR, RTM_DELADDR and RTM_GETADDR. */
export const addressPayload = payloadTable(addressHeader, addressAttributes);

/** Decoded payload of an address message. */
export interface AddressPayload {
  readonly header: StructOf<typeof addressHeader>;
  readonly attributes: AttributesOf<typeof addressAttributes>;
}

/** An address of a link. */
export interface LinkAddress {
  /** ifindex of the link. */
  readonly index: number;
  /** The link's own address and the length of its prefix. */
  readonly prefix: Prefix;
  /** The other end of a point-to-point link. */
  readonly peer: Address | undefined;
  readonly broadcast: Address | undefined;
  /** One of `RT_SCOPE`. */
  readonly scope: number;
  /** Flags of `IFA_F`. */
  readonly flags: number;
  readonly label: string | undefined;
  /** Seconds, `Infinity` for ever. */
  readonly preferredLifetimeS: number;
  /** Seconds, `Infinity` for ever. */
  readonly validLifetimeS: number;
}

/** An address to set. A {@linkcode LinkAddress} is one. */
export interface LinkAddressSpec {
  readonly index: number;
  readonly prefix: Prefix;
  readonly peer?: Address | undefined;
  /** By default the last address of an IPv4 prefix shorter than 31 bits, else none. */
  readonly broadcast?: Address | undefined;
  readonly scope?: number | undefined;
  /** Flags of `IFA_F`, such as `NODAD`. */
  readonly flags?: number | undefined;
  readonly label?: string | undefined;
  readonly preferredLifetimeS?: number | undefined;
  readonly validLifetimeS?: number | undefined;
}

const FOREVER = 0xffff_ffff;
/** Flags that a caller sets; the others are states the kernel computes. */
const SETTABLE = IFA_F.NODAD | IFA_F.OPTIMISTIC | IFA_F.HOMEADDRESS | IFA_F.MANAGETEMPADDR | IFA_F.NOPREFIXROUTE |
  IFA_F.MCAUTOJOIN;

/** Reads an address out of an RTM_NEWADDR payload. @throws {WireError} if it has none */
export function linkAddressOf({ header, attributes }: AddressPayload): LinkAddress {
  const own = attributes.local ?? attributes.address;
  if (own === undefined || header.prefixLength > (own.family === 4 ? 32 : 128)) {
    throw new WireError({ what: "link address", offset: 0 }, `no address, or prefix length ${header.prefixLength}`);
  }
  const other = attributes.address;
  const cache = attributes.cacheInfo;
  return {
    index: header.index,
    prefix: { address: own, length: header.prefixLength },
    peer: other === undefined || compareAddresses(own, other) === 0 ? undefined : other,
    broadcast: attributes.broadcast,
    scope: header.scope,
    flags: attributes.flags ?? header.flags,
    label: attributes.label,
    preferredLifetimeS: lifetimeOf(cache?.preferred),
    validLifetimeS: lifetimeOf(cache?.valid),
  };
}

/** Payload that adds or replaces an address. @throws {RangeError} if a lifetime or the prefix length does not fit */
export function newAddressPayload(spec: LinkAddressSpec): AddressPayload {
  const flags = (spec.flags ?? 0) & SETTABLE;
  return addressPayload.of({ ...addressHeaderOf(spec), flags: flags & 0xff, scope: spec.scope ?? 0 }, {
    local: spec.prefix.address,
    address: spec.peer ?? spec.prefix.address,
    broadcast: spec.broadcast ?? defaultBroadcast(spec),
    label: spec.label,
    flags: flags === 0 ? undefined : flags,
    cacheInfo: cacheInfoOf(spec),
  });
}

/** Payload that deletes an address. */
export function deleteAddressPayload(spec: Pick<LinkAddressSpec, "index" | "prefix" | "peer">): AddressPayload {
  return addressPayload.of(addressHeaderOf(spec), {
    local: spec.prefix.address,
    address: spec.peer ?? spec.prefix.address,
  });
}

function addressHeaderOf({ index, prefix }: Pick<LinkAddressSpec, "index" | "prefix">) {
  return { family: addressFamilyOf(prefix.address), prefixLength: prefix.length, index };
}

function defaultBroadcast({ prefix, peer }: LinkAddressSpec): Address | undefined {
  if (prefix.address.family === 6 || prefix.length >= 31 || peer !== undefined) return undefined;
  return { family: 4, value: rangeOfPrefix(prefix).last };
}

function cacheInfoOf(spec: LinkAddressSpec): StructOf<typeof addressCacheInfo> | undefined {
  const { preferredLifetimeS = Infinity, validLifetimeS = Infinity } = spec;
  if (preferredLifetimeS === Infinity && validLifetimeS === Infinity) return undefined;
  return addressCacheInfo.of({ preferred: secondsOf(preferredLifetimeS), valid: secondsOf(validLifetimeS) });
}

function lifetimeOf(seconds: number | undefined): number {
  return seconds === undefined || seconds === FOREVER ? Infinity : seconds;
}

function secondsOf(lifetimeS: number): number {
  return lifetimeS === Infinity ? FOREVER : lifetimeS;
}
