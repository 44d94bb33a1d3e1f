import { busAddressOf, isSyscallError, readLink } from "../ffi/mod.ts";
import type { Address } from "../ip/mod.ts";
import { openRouteNetlink, type RouteNetlink } from "../netlink/mod.ts";
import type { Link } from "../route/mod.ts";
import { withNetns } from "./with_netns.ts";

/** What a link in a Pod sits on, in the netns of this thread. */
export type LinkMaster =
  | {
    readonly kind: "found";
    /** Names of the links: the parent, or those of the PF; and the bond or bridge they are part of. */
    readonly links: readonly string[];
    /** Their addresses, IPv4 before IPv6. */
    readonly addresses: readonly Address[];
  }
  /** `problem` is half a sentence. */
  | { readonly kind: "unknown"; readonly problem: string };

/** Where {@linkcode findMaster} looks. */
export interface MasterOptions {
  /** Where sysfs is mounted. @default "/sys" */
  readonly sysfs?: string;
  /** Bus address of a link in the netns that was entered. */
  readonly busAddress?: (name: string) => string;
}

/** Kinds whose `IFLA_LINK` is the link they sit on. */
const stacked: readonly string[] = ["macvlan", "macvtap", "ipvlan", "ipvtap", "vlan"];

/**
 * Finds what link `name` in `netns` sits on: the parent of a macvlan, ipvlan or vlan, or the PF of a virtual function.
 *
 * @param netns path of the Pod's
 * @throws {NetnsError} if it is none
 * @throws {SyscallError} `EPERM` if this process may not enter it
 */
export function findMaster(netns: string, name: string, options: MasterOptions = {}): LinkMaster {
  const { busAddress = busAddressOf } = options;
  const inPod = withNetns(netns, () => lookInPod(name, busAddress));
  if (inPod === undefined) return unknown(`there is no link ${quote(name)} in ${netns}`);
  using nl = openRouteNetlink();
  return isStacked(inPod.link) ? parentOf(inPod.link, nl) : physicalFunctionOf(inPod, { nl, ...options });
}

interface PodLink {
  readonly link: Link;
  /** `""` where it has none. */
  readonly bus: string;
}

function lookInPod(name: string, busAddress: (name: string) => string): PodLink | undefined {
  using nl = openRouteNetlink();
  const link = nl.tryLinkByName(name);
  if (link === undefined) return undefined;
  return { link, bus: isStacked(link) ? "" : tryBusAddress(name, busAddress) };
}

function tryBusAddress(name: string, busAddress: (name: string) => string): string {
  try {
    return busAddress(name);
  } catch (error) {
    if (isSyscallError(error, "EOPNOTSUPP")) return "";
    throw error;
  }
}

function isStacked({ kind = "" }: Link): boolean {
  return stacked.includes(kind);
}

function parentOf({ name, kind, parentIndex, parentNetnsId }: Link, nl: RouteNetlink): LinkMaster {
  if (parentIndex === undefined || parentNetnsId === undefined) {
    return unknown(`the ${kind} ${quote(name)} sits on a link of the Pod itself`);
  }
  const parent = nl.tryLinkByIndex(parentIndex);
  return parent === undefined
    ? unknown(`the ${kind} ${quote(name)} sits on link ${parentIndex}, which is not in this network namespace`)
    : found([parent], nl);
}

function physicalFunctionOf(
  { link: { name, kind }, bus }: PodLink,
  { nl, sysfs = "/sys" }: MasterOptions & { readonly nl: RouteNetlink },
): LinkMaster {
  if (bus === "") return unknown(`${quote(name)} is a ${kind ?? "link"}, which sits on no other one and is no VF`);
  const physical = linkTarget(`${sysfs}/bus/pci/devices/${bus}/physfn`);
  if (physical === undefined) return unknown(`the device ${bus} of ${quote(name)} is no virtual function`);
  const links = nl.links().filter((link) => linkTarget(`${sysfs}/class/net/${link.name}/device`) === physical);
  return links.length === 0
    ? unknown(`the physical function ${physical} of ${quote(name)} has no link in this network namespace`)
    : found(links, nl);
}

/** Last part of where a symbolic link points; `undefined` if there is none. */
function linkTarget(path: string): string | undefined {
  try {
    return readLink(path).split("/").at(-1);
  } catch (error) {
    if (isSyscallError(error, "ENOENT", "ENOTDIR", "EINVAL")) return undefined;
    throw error;
  }
}

/** The links, and the bonds and bridges that have taken their addresses. */
function found(links: readonly Link[], nl: RouteNetlink): LinkMaster {
  const uppers = links.flatMap(({ masterIndex }) => {
    const upper = masterIndex === undefined ? undefined : nl.tryLinkByIndex(masterIndex);
    return upper === undefined ? [] : [upper];
  });
  const all = [...new Map([...links, ...uppers].map((link) => [link.index, link])).values()];
  const addresses = all.flatMap(({ index }) => nl.addresses({ index }).map(({ prefix }) => prefix.address));
  return { kind: "found", links: all.map(({ name }) => name), addresses };
}

function unknown(problem: string): LinkMaster {
  return { kind: "unknown", problem };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
