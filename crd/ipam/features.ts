/** The switches of `spiderpool-conf` that change what IPAM decides. */
export interface IpamFeatures {
  readonly enableIPv4: boolean;
  readonly enableIPv6: boolean;
  readonly enableSpiderSubnet: boolean;
  /** `enableAutoPoolForApplication`. */
  readonly enableAutoPool: boolean;
  /** Pods of a StatefulSet keep their addresses. */
  readonly enableStatefulSet: boolean;
  /** `enableKubevirtStaticIP`: VMs keep their addresses. */
  readonly enableKubevirt: boolean;
}
