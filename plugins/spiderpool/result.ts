import type { Dns, IpamAddResponse, IpConfig } from "../../agent/api/mod.ts";
import { formatAddress, formatPrefix, parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import { type CniDns, type CniIp, cniRoute, type ListResult } from "../cni/mod.ts";

/**
 * The result for one link of what the agent answered: entries of other links are left out, as they are answered when
 * their own ADD comes. No `interfaces`, and no index into them: the main plugin adds those.
 *
 * @returns a result of 1.0.0
 * @throws {Error} when there is no address for `ifname`, or one or its gateway is not what it says
 */
export function resultOf({ ips, routes, dns }: IpamAddResponse, ifname: string): ListResult {
  const own = (ips ?? []).filter(({ nic }) => nic === ifname);
  if (own.length === 0) throw new Error(`no Interface ${ifname} IP allocation found`);
  return {
    cniVersion: "1.0.0",
    ips: own.map(cniIpOf),
    routes: (routes ?? []).filter(({ ifName }) => ifName === ifname).map(cniRoute),
    ...(dns === undefined ? {} : { dns: cniDnsOf(dns) }),
  };
}

function cniIpOf({ version, address, gateway = "" }: IpConfig): CniIp {
  const prefix = parsePrefix(address);
  if (prefix.address.family !== version) throw new Error(`Cannot use address ${address}: it is not of IPv${version}`);
  const ip = { address: formatPrefix(prefix) };
  if (gateway === "") return ip;
  const parsed = parseAddress(gateway);
  if (parsed.family !== version) {
    throw new Error(`Cannot use gateway ${gateway} of ${address}: it is of the other family`);
  }
  return { ...ip, gateway: formatAddress(parsed) };
}

function cniDnsOf({ domain = "", nameservers, search, options }: Dns): CniDns {
  return {
    ...(nameservers ? { nameservers } : {}),
    ...(domain === "" ? {} : { domain }),
    ...(search ? { search } : {}),
    ...(options ? { options } : {}),
  };
}
