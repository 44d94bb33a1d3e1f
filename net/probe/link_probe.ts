import type { Clock } from "../base/clock.ts";
import { withNetns } from "../host/mod.ts";
import type { Address, Family } from "../ip/mod.ts";
import { openRouteNetlink, type RouteNetlink } from "../netlink/mod.ts";
import type { Link } from "../route/mod.ts";
import { ETH_P } from "../uapi/mod.ts";
import type { Bytes } from "../wire/mod.ts";
import { multicastMac } from "./ethernet.ts";
import { announcement } from "./frames.ts";
import { isRunning, probeLink, raiseLink, silentLink } from "./link.ts";
import { monotonicClock } from "./monotonic_clock.ts";
import { allNodes, solicitedNodeOf } from "./neighbor_discovery.ts";
import { PacketSocket } from "./packet_socket.ts";
import { runChecks, type RunOptions } from "./run_checks.ts";
import type { ProbeSettings } from "./settings.ts";
import { type ProbeTarget, TargetCheck } from "./target_check.ts";

/** Which link to probe on. */
export interface LinkProbeOptions {
  /** Path of the netns. */
  readonly netns: string;
  readonly ifname: string;
  /** One that only goes forward. @default performance.now */
  readonly clock?: Clock;
}

/** What to ask. */
export interface DetectOptions {
  readonly targets: readonly ProbeTarget[];
  readonly settings: ProbeSettings;
  /** For all of it, in milliseconds from now. */
  readonly timeoutMs: number;
}

/** What the network said about all targets. */
export interface Detection {
  /** Addresses that another host has, in the order of the targets. */
  readonly conflicts: readonly { readonly address: Address; readonly mac: string }[];
  /** Gateways that did not answer, each once. */
  readonly unreachable: readonly Address[];
  /** Why nothing was asked: the link knows neither ARP nor Neighbor Discovery. */
  readonly skipped?: string;
}

/**
 * Asks and tells the network of one link. Its sockets are opened in the netns when they are needed and stay open until it
 * is disposed. Use it with `await using`, and for one thing at a time.
 */
export class LinkProbe implements AsyncDisposable {
  readonly #netns: string;
  readonly #ifname: string;
  readonly #clock: Clock;
  readonly #netlink: RouteNetlink;
  readonly #sockets = new Map<Family, PacketSocket>();

  /** @throws {NetnsError | SyscallError} */
  constructor({ netns, ifname, clock = monotonicClock }: LinkProbeOptions) {
    this.#netns = netns;
    this.#ifname = ifname;
    this.#clock = clock;
    this.#netlink = withNetns(netns, () => openRouteNetlink());
  }

  /**
   * Sets the link up and asks about addresses and gateways. All addresses of both families are asked for at once.
   *
   * @throws {ProbeError} when the network could not be asked
   * @throws {NetnsError | NetlinkError | SyscallError}
   */
  async detect({ targets, settings, timeoutMs }: DetectOptions): Promise<Detection> {
    const clock = this.#clock;
    const deadlineMs = clock.now() + timeoutMs;
    const link = probeLink(this.#netlink, this.#ifname);
    const skipped = silentLink(link);
    if (skipped !== undefined) return { conflicts: [], unreachable: [], skipped };
    await raiseLink(this.#netlink, link, { clock, waitMs: Math.min(settings.linkWaitMs, timeoutMs) });
    const { address: mac } = probeLink(this.#netlink, this.#ifname); // some drivers choose it when the link comes up
    const nowMs = clock.now();
    const checks = targets.map((target) => new TargetCheck(target, { mac, settings, nowMs }));
    await this.#run(link, checks, { ifname: this.#ifname, clock, deadlineMs });
    return detectionOf(checks);
  }

  /**
   * Tells the segment at which MAC the addresses are: one frame each, nothing is waited for. The link is left as it is.
   *
   * @returns why nothing was sent, `undefined` when it was
   * @throws {ProbeError} if there is no such link
   * @throws {NetnsError | NetlinkError | SyscallError}
   */
  announce(addresses: readonly Address[]): string | undefined {
    const link = probeLink(this.#netlink, this.#ifname);
    const silent = silentLink(link) ?? (isRunning(link) ? undefined : "it is down or has no carrier");
    if (silent !== undefined) return silent;
    for (const address of addresses) this.#socketOf(address.family, link).send(announcement(address, link.address));
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    this.#netlink[Symbol.dispose]();
    await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()));
  }

  async #run(link: Link, checks: readonly TargetCheck[], run: RunOptions): Promise<void> {
    const families = ([4, 6] as const).map((family) => checks.filter(({ target }) => target.address.family === family));
    const runs = families.filter(([first]) => first !== undefined).map((own) => {
      const socket = this.#socketOf(own[0]?.target.address.family ?? 4, link);
      if (own[0]?.target.address.family === 6) socket.join(groupsOf(own));
      return { socket, own };
    });
    // Both must have ended before this does: another thread may wait on a socket that would be closed.
    const settled = await Promise.allSettled(runs.map(({ socket, own }) => runChecks(socket, own, run)));
    for (const one of settled) if (one.status === "rejected") throw one.reason;
  }

  #socketOf(family: Family, { index }: Link): PacketSocket {
    const known = this.#sockets.get(family);
    if (known !== undefined) return known;
    const protocol = family === 4 ? ETH_P.ARP : ETH_P.IPV6;
    const socket = withNetns(this.#netns, () => new PacketSocket({ ifname: this.#ifname, index, protocol }));
    this.#sockets.set(family, socket);
    return socket;
  }
}

/** Where answers and other hosts' probes go; the host itself joins them late, or never when IPv6 is off. */
function groupsOf(checks: readonly TargetCheck[]): Bytes[] {
  const groups = checks.map(({ target }) => solicitedNodeOf(target.address));
  return [allNodes, ...groups].map(multicastMac);
}

function detectionOf(checks: readonly TargetCheck[]): Detection {
  const gateways = new Map<bigint, Address>();
  const conflicts: { address: Address; mac: string }[] = [];
  for (const { target: { address }, finding } of checks) {
    if (finding?.kind === "conflict") conflicts.push({ address, mac: finding.mac });
    if (finding?.kind === "unreachable") gateways.set(finding.gateway.value, finding.gateway);
  }
  return { conflicts, unreachable: [...gateways.values()] };
}
