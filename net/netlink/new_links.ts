import {
  checkLinkName,
  type LinkPayload,
  linkPayload,
  type LinkSpec,
  type MacvlanMode,
  macvlanModeOf,
  newLinkPayload,
} from "../route/mod.ts";
import { ETH_P, NLM_F, RTM } from "../uapi/mod.ts";
import type { Bytes } from "../wire/mod.ts";
import type { Connection } from "./connection.ts";
import type { NetnsRef } from "./links.ts";

/** What every new link may have. */
export interface NewLinkOptions {
  readonly name: string;
  /** Bytes. */
  readonly mtu?: number | undefined;
  /** Link-layer address; the kernel takes a random one. */
  readonly address?: Bytes | undefined;
  readonly txQueueLength?: number | undefined;
  /** The netns to put it in; by default that of the netlink socket. */
  readonly netns?: NetnsRef | undefined;
  /** Set it up at once. */
  readonly up?: boolean | undefined;
}

/** A veth pair to make: the options of its one end, and those of the other. */
export interface VethSpec extends NewLinkOptions {
  readonly peer: Omit<NewLinkOptions, "up">;
}

/** A macvlan to make. */
export interface MacvlanSpec extends NewLinkOptions {
  /** ifindex of the link below, in the netns of the netlink socket. */
  readonly parentIndex: number;
  /** @default {"bridge"} */
  readonly mode?: MacvlanMode | undefined;
}

/** A VLAN to make. */
export interface VlanSpec extends NewLinkOptions {
  /** ifindex of the link below, in the netns of the netlink socket. */
  readonly parentIndex: number;
  /** 1–4094. */
  readonly id: number;
  /** One of `ETH_P`. @default {ETH_P["8021Q"]} */
  readonly protocol?: number | undefined;
}

/** Making links, in the netns of the netlink socket or in another. */
export interface NewLinkOperations {
  /** Like `ip link add NAME type KIND …`. @throws {NetlinkError} EEXIST if the name is taken */
  createLink(spec: LinkSpec): void;
  /** Like `ip link add NAME type veth peer name PEER netns NETNS`. @throws {NetlinkError} */
  createVeth(spec: VethSpec): void;
  /** Like `ip link add NAME link PARENT netns NETNS type macvlan mode MODE`. @throws {NetlinkError} */
  createMacvlan(spec: MacvlanSpec): void;
  /** Like `ip link add NAME link PARENT type vlan id ID`. @throws {NetlinkError} */
  createVlan(spec: VlanSpec): void;
  /** Like `ip link add NAME type bridge`. @throws {NetlinkError} */
  createBridge(spec: NewLinkOptions): void;
}

/** The operations that make links, over `connection`. */
export function newLinkOperations(connection: Connection): NewLinkOperations {
  function createLink(spec: LinkSpec): void {
    const payload = linkPayload.encode(newLinkPayload(spec));
    const operation = { operation: `create ${spec.info.kind} link`, target: JSON.stringify(spec.name) };
    connection.execute({ type: RTM.NEWLINK, flags: NLM_F.CREATE | NLM_F.EXCL, payload }, operation);
  }
  function create({ netns, ...spec }: NewLinkOptions & Omit<LinkSpec, "netnsFd">): void {
    createLink({ ...spec, netnsFd: netns?.fd });
  }
  return {
    createLink,
    createVeth: ({ peer, ...spec }) => create({ ...spec, info: { kind: "veth", veth: { peer: peerPayload(peer) } } }),
    createMacvlan: ({ mode = "bridge", ...spec }) =>
      create({ ...spec, info: { kind: "macvlan", macvlan: { mode: macvlanModeOf(mode) } } }),
    createVlan: ({ id, protocol = ETH_P["8021Q"], ...spec }) =>
      create({ ...spec, info: { kind: "vlan", vlan: { id, protocol } } }),
    createBridge: (spec) => create({ ...spec, info: { kind: "bridge" } }),
  };
}

function peerPayload({ name, netns, ...attributes }: VethSpec["peer"]): LinkPayload {
  return linkPayload.of({}, { name: checkLinkName(name), ...attributes, netnsFd: netns?.fd });
}
