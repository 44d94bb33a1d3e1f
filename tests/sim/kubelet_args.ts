/** What a runtime's plugin sends to the agent, and what it reads of an answer. */
import type { IpamAddArgs, IpamAddResponse, IpamDelArgs } from "../../agent/api/types.ts";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { NAMESPACE } from "./cluster.ts";
import type { PodNetwork } from "./pool_specs.ts";
import { Violation } from "./violation.ts";

/** Names one sandbox of one Pod. */
export interface SandboxRef {
  readonly podName: string;
  readonly podUid: string;
  readonly containerId: string;
  /** The runtime does not say the Pod's UID. */
  readonly isAnonymous?: true;
}

/** What the plugin sends at ADD. */
export function addArgs(
  { podName, podUid, containerId, isAnonymous }: SandboxRef,
  nic: string,
  { cniPools }: PodNetwork,
): IpamAddArgs {
  const { v4, v6 } = cniPools[nic] ?? {};
  return {
    containerID: containerId,
    ifName: nic,
    netNamespace: `/run/netns/${containerId}`,
    podNamespace: NAMESPACE,
    podName,
    podUID: isAnonymous ? "" : podUid,
    ...(v4 !== undefined && { defaultIPv4IPPool: [...v4] }),
    ...(v6 !== undefined && { defaultIPv6IPPool: [...v6] }),
  };
}

/** What the plugin sends at DEL. */
export function delArgs({ podName, podUid, containerId }: SandboxRef, nic: string, isAnonymous: boolean): IpamDelArgs {
  return { containerID: containerId, ifName: nic, podNamespace: NAMESPACE, podName, podUID: isAnonymous ? "" : podUid };
}

/** Addresses of the NIC in the answer, canonical, sorted. @throws {Violation} I7 if there are none */
export function addressesOf({ ips }: IpamAddResponse, nic: string): readonly string[] {
  const own = (ips ?? []).filter((ip) => ip.nic === nic);
  if (own.length === 0) throw new Violation("I7", `an ADD of ${nic} was answered without an address for it`);
  return own.map(({ address }) => canonical(address)).sort();
}

/** The address of `ip/prefixLength`, in its canonical spelling. */
export function canonical(text: string): string {
  return formatAddress(parseAddress(text.split("/")[0]!));
}
