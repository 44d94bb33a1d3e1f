/**
 * The unix-socket contract between the CNI plugins and the agent: upstream's JSON, `spec/agent.md` §8.
 * Optional members are left out when they hold the zero value.
 */

/** Body of `POST /v1/ipam/ip`. */
export interface IpamAddArgs {
  containerID: string;
  ifName: string;
  netNamespace: string;
  podNamespace: string;
  podName: string;
  podUID: string;
  defaultIPv4IPPool?: string[] | null;
  defaultIPv6IPPool?: string[] | null;
  cleanGateway?: boolean;
  matchMasterSubnet?: boolean;
  /** This project's own: name of the CNI network, by which a GC knows what is its own. Upstream's agent ignores it. */
  networkName?: string;
}

/** Answer of `POST /v1/ipam/ip`. */
export interface IpamAddResponse {
  ips: IpConfig[] | null;
  routes: Route[] | null;
  dns?: Dns;
  /**
   * This project's own: how to detect, where it differs from what the plugin does by itself. It is there, if only empty,
   * whenever something is to be detected: so the plugin knows an agent that can release one NIC.
   */
  detection?: DetectionSettings;
}

/** How the plugin asks the network; a member that is left out, or 0, is as the plugin has it. */
export interface DetectionSettings {
  /** Frames that ask whether an address is in use. */
  conflictProbes?: number;
  /** Most frames that ask for a gateway. */
  gatewayProbes?: number;
  /** Wait after each frame. */
  intervalMs?: number;
  /** Longest wait for the link to carry frames. */
  linkWaitMs?: number;
  /** A gateway that does not answer is only told in the log. */
  gatewayWarnOnly?: boolean;
  /** Announce addresses also where nothing was detected. */
  announceAlways?: boolean;
}

/** One address of one NIC. */
export interface IpConfig {
  version: 4 | 6;
  /** `ip/prefixLength`. */
  address: string;
  nic: string;
  gateway?: string;
  ipPool?: string;
  vlan?: number;
  /** `aa:bb:cc:dd:ee:ff`. */
  mac?: string;
  enableGatewayDetection?: boolean;
  enableIPConflictDetection?: boolean;
}

/** One route of one NIC; `dst` is a CIDR, `gw` an address of the same family. */
export interface Route {
  ifName: string;
  dst: string;
  gw: string;
}

/** Never filled by upstream's agent. */
export interface Dns {
  domain?: string;
  nameservers?: string[] | null;
  search?: string[] | null;
  options?: string[] | null;
}

/** Body of `DELETE /v1/ipam/ip`. */
export interface IpamDelArgs {
  containerID: string;
  ifName: string;
  podNamespace: string;
  podName: string;
  podUID: string;
  netNamespace?: string;
}

/** Body of `DELETE /v1/ipam/ips`. */
export interface IpamBatchDelArgs {
  containerID: string;
  podNamespace: string;
  podName: string;
  podUID: string;
  netNamespace?: string;
  /** The caller found a conflict: addresses of fixed owners stay then. */
  isReleaseConflictIPs?: boolean;
  /** This project's own: only these addresses go, and nobody gets them for a while. Implies `isReleaseConflictIPs`. */
  conflictIPs?: ConflictIP[] | null;
  /** This project's own: the NIC whose ADD failed. What other NICs of the Pod may be using stays then. */
  ifName?: string;
}

/** An address that somebody else in the network answered for. */
export interface ConflictIP {
  ip: string;
  /** Who answered: `aa:bb:cc:dd:ee:ff`. */
  mac?: string;
  nic?: string;
}

/** Answer of `GET /v1/workloadendpoint`. */
export interface WorkloadEndpointStatus {
  podNamespace: string;
  podName: string;
  podUID: string;
  node: string;
  interfaces: WorkloadEndpointInterface[];
}

/** One NIC of a {@linkcode WorkloadEndpointStatus}. */
export interface WorkloadEndpointInterface {
  interface: string;
  ipv4?: string;
  ipv6?: string;
  ipv4Pool?: string;
  ipv6Pool?: string;
  ipv4Gateway?: string;
  ipv6Gateway?: string;
  mac?: string;
  vlan?: number;
  routes: Route[] | null;
}

/** Body of `GET /v1/coordinator/config`. */
export interface GetCoordinatorArgs {
  podName?: string;
  podNamespace?: string;
}

/** A route of a {@linkcode CoordinatorConfig}. */
export interface CoordinatorRoute {
  /** Address or prefix. */
  dst: string;
  gw: string;
}

/** Answer of `GET /v1/coordinator/config`. */
export interface CoordinatorConfig {
  /** `auto`, `underlay`, `overlay` or `disabled`. */
  mode: string;
  overlayPodCIDR: string[];
  serviceCIDR: string[];
  tunePodRoutes: boolean;
  hijackCIDR?: string[] | null;
  policyRoutes?: CoordinatorRoute[] | null;
  podMACPrefix?: string;
  podDefaultRouteNIC?: string;
  hostRuleTable?: number;
  podRPFilter?: number;
  txQueueLen?: number;
  vethLinkAddress?: string;
  /** Bytes. */
  vethMTU?: number;
}
