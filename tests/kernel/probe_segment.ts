import assert from "node:assert/strict";
import { openNetns } from "../../net/host/mod.ts";
import { formatPrefix, parsePrefix } from "../../net/ip/mod.ts";
import { PacketSocket } from "../../net/probe/mod.ts";
import { ETH_P, IFF } from "../../net/uapi/mod.ts";
import { type Bytes, parseMac } from "../../net/wire/mod.ts";
import { TestNetns } from "../shared/netns.ts";

/** MAC of a Pod's `eth0` on a {@linkcode ProbeSegment}; the one that tests write out in bytes. */
export const POD_MAC = "02:00:5e:00:53:01";
/** MAC of the other host. */
export const HOST_MAC = "02:00:5e:00:53:99";

/** How long what the kernel does by itself may take, in milliseconds. */
const SOON_MS = 60_000;

/** Two network namespaces and the wire between them: a Pod, whose `eth0` is down, and another host. */
export class ProbeSegment implements Disposable {
  readonly host = new TestNetns();

  /** @param pod gets `eth0` */
  constructor(readonly pod: TestNetns) {
    using target = openNetns(this.host.path);
    using nl = pod.open();
    const peer = { name: "wire", netns: target, address: parseMac(HOST_MAC) };
    nl.createVeth({ name: "eth0", address: parseMac(POD_MAC), peer });
    this.setHostLink(true);
  }

  /** Sets the other end of the wire up or down. */
  setHostLink(up: boolean): void {
    using nl = this.host.open();
    const { index } = nl.linkByName("wire");
    if (up) nl.setLinkUp(index);
    else nl.setLinkDown(index);
  }

  /**
   * Resolves when the other end of the wire sends: its kernel starts its queue a little after the Pod's end came up, and
   * what it sends before is lost without an error. Tests that send or answer once need it; others ask more than once.
   */
  async hostSends(): Promise<void> {
    await untilRunning(this.host, "wire");
  }

  /** Sets the Pod's end up; resolves when frames pass both ways. */
  async raise(): Promise<void> {
    this.pod.ip("link", "set", "eth0", "up");
    await untilRunning(this.pod, "eth0");
    await this.hostSends();
  }

  /** Gives the other host an address such as `10.20.0.10/24`: its kernel answers for it at once. */
  addHostAddress(text: string): void {
    this.host.ip("addr", "add", formatPrefix(parsePrefix(text)), "dev", "wire", "nodad");
  }

  /** Opens a socket at the other end of the wire; `protocol` of `ETH_P`. Close it with `using`. */
  tap(protocol: number = ETH_P.ALL): PacketSocket {
    return this.host.run(() => {
      using nl = this.host.open();
      return new PacketSocket({ ifname: "wire", index: nl.linkByName("wire").index, protocol });
    });
  }

  [Symbol.dispose](): void {
    this.host[Symbol.dispose]();
  }
}

async function untilRunning(netns: TestNetns, name: string): Promise<void> {
  using nl = netns.open();
  const { index } = nl.linkByName(name);
  const untilMs = performance.now() + SOON_MS;
  while ((nl.linkByIndex(index).flags & IFF.RUNNING) === 0) {
    assert.ok(performance.now() < untilMs, `${name} does not run`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Like {@linkcode captured}, once there are `count`: what was sent last may still be on its way. Fewer if they do not come. */
export async function arrived(tap: PacketSocket, { count }: { count: number }): Promise<string[]> {
  const untilMs = performance.now() + SOON_MS;
  const frames = captured(tap);
  while (frames.length < count && performance.now() < untilMs) {
    await tap.wait(100);
    frames.push(...captured(tap));
  }
  return frames;
}

/** All frames that wait at `tap` and come from the Pod; what its kernel sends by itself is left out. */
export function captured(tap: PacketSocket): string[] {
  const frames: string[] = [];
  for (let frame = tap.receive(); frame !== undefined; frame = tap.receive()) {
    const hex = frame.toHex();
    if (!isKernels(hex)) frames.push(hex);
  }
  return frames;
}

/** Resolves with the first frame at `tap` that `test` holds for. */
export async function frameAt(tap: PacketSocket, test: (hex: string) => boolean): Promise<Bytes> {
  for (;;) {
    await tap.wait(10_000);
    for (let frame = tap.receive(); frame !== undefined; frame = tap.receive()) {
      if (test(frame.toHex())) return frame as Bytes;
    }
  }
}

/** Multicast listener reports, router solicitations, and address detection for link-local addresses. */
function isKernels(hex: string): boolean {
  const isIpv6 = hex.slice(24, 28) === "86dd";
  const nextHeader = hex.slice(40, 42);
  const icmpType = hex.slice(108, 110);
  const target = hex.slice(124, 128);
  return isIpv6 && (nextHeader !== "3a" || !["87", "88"].includes(icmpType) || target === "fe80");
}
