import type { DetectionSettings, IpamAddResponse, IpConfig } from "../../agent/api/mod.ts";
import { type Address, formatAddress, parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import type { ProbeSettings, ProbeTarget } from "../../net/probe/mod.ts";

/** Most that an agent may ask for: an ADD must end. */
const LIMITS: ProbeSettings = { conflictProbes: 10, gatewayProbes: 10, intervalMs: 5_000, linkWaitMs: 30_000 };

/** Whether an answer asks for anything on the network of `ifname`. What it asks for other links is for their own ADD. */
export function asksNetwork({ ips, detection }: IpamAddResponse, ifname: string): boolean {
  if (detection?.announceAlways) return true;
  return ownOf(ips, ifname).some((ip) => ip.enableGatewayDetection || ip.enableIPConflictDetection);
}

/**
 * What to ask about the addresses of `ifname`.
 *
 * @param passed addresses that nobody else had when they were asked for before
 * @throws {Error} for an address or gateway that is none
 */
export function targetsOf(
  { ips }: IpamAddResponse,
  { ifname, passed }: { ifname: string; passed: ReadonlySet<string> },
): ProbeTarget[] {
  return ownOf(ips, ifname).map((ip) => {
    const { address } = parsePrefix(ip.address);
    const gateway = gatewayOf(ip, address);
    const detectConflict = (ip.enableIPConflictDetection ?? false) && !passed.has(formatAddress(address));
    return { address, detectConflict, ...(gateway && { gateway }) };
  }).filter(({ detectConflict, gateway }) => detectConflict || gateway !== undefined);
}

/** All addresses of `ifname`. */
export function addressesToAnnounce({ ips }: IpamAddResponse, ifname: string): Address[] {
  return ownOf(ips, ifname).map(({ address }) => parsePrefix(address).address);
}

/** `given` within limits, over `defaults`; a value that is missing or not above 0 is the default. */
export function settingsOf(given: DetectionSettings = {}, defaults: ProbeSettings): ProbeSettings {
  function within(name: keyof ProbeSettings): number {
    const value = given[name] ?? 0;
    return value > 0 ? Math.min(value, LIMITS[name]) : defaults[name];
  }
  return {
    conflictProbes: within("conflictProbes"),
    gatewayProbes: within("gatewayProbes"),
    intervalMs: within("intervalMs"),
    linkWaitMs: within("linkWaitMs"),
  };
}

function ownOf(ips: IpamAddResponse["ips"], ifname: string): IpConfig[] {
  return (ips ?? []).filter(({ nic }) => nic === ifname);
}

function gatewayOf({ gateway = "", enableGatewayDetection }: IpConfig, address: Address): Address | undefined {
  if (!enableGatewayDetection || gateway === "") return undefined;
  const parsed = parseAddress(gateway);
  if (parsed.family === address.family) return parsed;
  throw new Error(`Cannot ask for gateway ${gateway}: ${formatAddress(address)} is of the other family`);
}
