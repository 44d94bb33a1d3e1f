import type { Clock } from "../base/clock.ts";
import type { RouteNetlink } from "../netlink/mod.ts";
import type { Link } from "../route/mod.ts";
import { ARPHRD, ETH_ALEN, IFF } from "../uapi/mod.ts";
import { ProbeError } from "./error.ts";

/** Pause between two looks at a link that has no carrier yet. */
const LOOK_AGAIN_MS = 10;

/** The link to probe on. @throws {ProbeError} if there is none */
export function probeLink(netlink: Pick<RouteNetlink, "tryLinkByName">, ifname: string): Link {
  const link = netlink.tryLinkByName(ifname);
  if (link === undefined) throw new ProbeError(ifname, "no link", { detail: "there is no such link" });
  return link;
}

/** Why neither ARP nor Neighbor Discovery is spoken on `link`; `undefined` if they are. */
export function silentLink({ type, address, flags }: Link): string | undefined {
  if (type !== ARPHRD.ETHER || address.length !== ETH_ALEN) return "it is no Ethernet link";
  return (flags & IFF.NOARP) !== 0 ? "it has NOARP set: nobody asks for addresses on it" : undefined;
}

/** Whether frames pass: up, with a carrier, and its queue at work (`IFF_RUNNING`). */
export function isRunning({ up, flags }: Link): boolean {
  return up && (flags & IFF.RUNNING) !== 0;
}

/** How long {@linkcode raiseLink} waits. */
export interface RaiseOptions {
  readonly clock: Clock;
  readonly waitMs: number;
}

/**
 * Sets the link up and waits until frames pass; one that is sent earlier is lost without an error.
 *
 * @throws {ProbeError} if there is still no carrier after `waitMs`
 * @throws {NetlinkError}
 */
export async function raiseLink(
  netlink: Pick<RouteNetlink, "linkByIndex" | "setLinkUp">,
  link: Link,
  { clock, waitMs }: RaiseOptions,
): Promise<void> {
  if (!link.up) netlink.setLinkUp(link.index);
  const untilMs = clock.now() + waitMs;
  while (!isRunning(netlink.linkByIndex(link.index))) {
    if (clock.now() >= untilMs) {
      throw new ProbeError(link.name, "no carrier", { detail: `the link has no carrier after ${waitMs} ms` });
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
}
