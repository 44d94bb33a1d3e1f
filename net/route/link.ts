import { IFF, IFNAMSIZ } from "../uapi/mod.ts";
import { type Bytes, WireError } from "../wire/mod.ts";
import type { LinkInfo } from "./link_info.ts";
import { type LinkPayload, linkPayload } from "./link_message.ts";

/** A link as the kernel tells it. */
export interface Link {
  /** ifindex, from 1. */
  readonly index: number;
  readonly name: string;
  /** Administratively up (`IFF_UP`); whether it has a carrier is in `operState`. */
  readonly up: boolean;
  /** Flags of `IFF`. */
  readonly flags: number;
  /** Hardware type, one of `ARPHRD`. */
  readonly type: number;
  /** Bytes. */
  readonly mtu: number;
  /** Link-layer address; six bytes for Ethernet, empty where the link has none. */
  readonly address: Bytes;
  readonly txQueueLength: number;
  /** One of `IF_OPER`. */
  readonly operState: number;
  /** `veth`, `macvlan`, …; `undefined` for hardware and loopback. */
  readonly kind: string | undefined;
  /** What the kernel tells about the kind. */
  readonly info: LinkInfo | undefined;
  /** The link below (macvlan, vlan), or the other end (veth). */
  readonly parentIndex: number | undefined;
  /** In which netns `parentIndex` counts, as an id of the link's netns; `undefined`: in the same. */
  readonly parentNetnsId: number | undefined;
  /** The bridge or bond that it is part of. */
  readonly masterIndex: number | undefined;
}

/** A link to make. */
export interface LinkSpec {
  readonly name: string;
  /** Kind and its data. */
  readonly info: LinkInfo & { readonly kind: string };
  readonly mtu?: number | undefined;
  readonly address?: Bytes | undefined;
  readonly txQueueLength?: number | undefined;
  /** Seen from the netns the request is made in, also when `netnsFd` is given. */
  readonly parentIndex?: number | undefined;
  readonly masterIndex?: number | undefined;
  /** The netns to put it in; by default that of the netlink socket. */
  readonly netnsFd?: number | undefined;
  /** Set it up at once. */
  readonly up?: boolean | undefined;
}

/** What to change on a link; what is left out stays. */
export interface LinkChanges {
  readonly name?: string | undefined;
  readonly mtu?: number | undefined;
  readonly address?: Bytes | undefined;
  readonly txQueueLength?: number | undefined;
  /** 0 takes it out of its bridge or bond. */
  readonly masterIndex?: number | undefined;
  /** The netns to move it to. */
  readonly netnsFd?: number | undefined;
  readonly up?: boolean | undefined;
}

/** Reads a link out of an RTM_NEWLINK payload. @throws {WireError} if it has no index or name */
export function linkOf({ header, attributes }: LinkPayload): Link {
  const { name, info } = attributes;
  if (header.index < 1 || name === undefined) {
    throw new WireError({ what: "link", offset: 0 }, `index ${header.index}, name ${JSON.stringify(name)}`);
  }
  return {
    index: header.index,
    name,
    up: (header.flags & IFF.UP) !== 0,
    flags: header.flags,
    type: header.type,
    mtu: attributes.mtu ?? 0,
    address: attributes.address ?? new Uint8Array(0),
    txQueueLength: attributes.txQueueLength ?? 0,
    operState: attributes.operState ?? 0,
    kind: info?.kind,
    info,
    parentIndex: attributes.parentIndex,
    parentNetnsId: attributes.parentNetnsId,
    masterIndex: attributes.masterIndex,
  };
}

/** Payload that makes a link. @throws {RangeError} if the name cannot be one */
export function newLinkPayload({ name, up = false, ...attributes }: LinkSpec): LinkPayload {
  return linkPayload.of(upFlags(up ? true : undefined), { name: checkLinkName(name), ...attributes });
}

/** Payload that changes link `index`. @throws {RangeError} if a new name cannot be one */
export function linkChangesPayload(index: number, { name, up, ...attributes }: LinkChanges): LinkPayload {
  return linkPayload.of({ index, ...upFlags(up) }, {
    ...(name === undefined ? {} : { name: checkLinkName(name) }),
    ...attributes,
  });
}

/**
 * Gives `name` back if a link can have it: 1–15 bytes, no white space, `/` or `:`, not `.` or `..` (dev_valid_name).
 *
 * @throws {RangeError} if not
 */
export function checkLinkName(name: string): string {
  const length = new TextEncoder().encode(name).length;
  if (length < 1 || length >= IFNAMSIZ) {
    throw new RangeError(`Cannot name a link ${JSON.stringify(name)}: ${length} bytes, must be 1–${IFNAMSIZ - 1}`);
  }
  if (/[\s/:\0]/.test(name) || name === "." || name === "..") {
    throw new RangeError(`Cannot name a link ${JSON.stringify(name)}: white space, "/", ":", "." and ".." are refused`);
  }
  return name;
}

function upFlags(up: boolean | undefined): { flags: number; change: number } {
  return { flags: up === true ? IFF.UP : 0, change: up === undefined ? 0 : IFF.UP };
}
