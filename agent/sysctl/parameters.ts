/** A kernel parameter that the agent sets on its node; see spec/agent.md 9. */
export interface SysctlParameter {
  /** With slashes, as below `/proc/sys/`. */
  readonly key: string;
  readonly value: number;
  /** Set where one of these families is enabled. */
  readonly families: readonly (4 | 6)[];
  /** Whether a higher value is as good: what an administrator raised is not lowered. */
  readonly isLeast: boolean;
}

/** Entries of the neighbour table: 110 Pods, each with 256 neighbours. */
const NEIGHBOURS = 28_160;

/** The node's parameters, in the order in which they are set. */
export const sysctlParameters: readonly SysctlParameter[] = [
  { key: "net/ipv4/neigh/default/gc_thresh3", value: NEIGHBOURS, families: [4], isLeast: true },
  { key: "net/ipv6/neigh/default/gc_thresh3", value: NEIGHBOURS, families: [6], isLeast: true },
  { key: "net/ipv4/conf/all/arp_notify", value: 1, families: [4], isLeast: false },
  { key: "net/ipv4/conf/all/forwarding", value: 1, families: [4], isLeast: false },
  { key: "net/ipv6/conf/all/forwarding", value: 1, families: [6], isLeast: false },
  { key: "net/ipv4/conf/all/rp_filter", value: 0, families: [4, 6], isLeast: false },
];

/** The parameters for the families that are enabled. */
export function parametersFor(
  { enableIPv4, enableIPv6 }: { readonly enableIPv4: boolean; readonly enableIPv6: boolean },
): readonly SysctlParameter[] {
  return sysctlParameters.filter(({ families }) => families.some((family) => family === 4 ? enableIPv4 : enableIPv6));
}
