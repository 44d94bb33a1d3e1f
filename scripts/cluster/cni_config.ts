/** CNI configuration of a node: Multus first, and the default network it delegates to. */
import type { NodeAddresses } from "./layout.ts";

/** Where CNI things are in a node, as everywhere. */
export const cniPaths = {
  bin: "/opt/cni/bin",
  conf: "/etc/cni/net.d",
  /** The runtime takes the first file by name. */
  multusConf: "/etc/cni/net.d/00-multus.conf",
  defaultNetwork: "/etc/cni/net.d/10-default.conf",
  multusKubeconfig: "/etc/cni/net.d/multus.d/multus.kubeconfig",
} as const;

const CNI_VERSION = "1.0.0";

/**
 * Configuration of Multus, the thin plugin. `v1.multus-cni.io/default-network` of a Pod replaces the default network, `k8s.v1.cni.cncf.io/networks`
 * adds to it. Source: multus-cni `docs/configuration.md`.
 */
export function multusConf(): string {
  return text({
    cniVersion: CNI_VERSION,
    name: "multus",
    type: "multus",
    clusterNetwork: cniPaths.defaultNetwork,
    kubeconfig: cniPaths.multusKubeconfig,
    confDir: cniPaths.conf,
    binDir: cniPaths.bin,
    multusNamespace: "kube-system",
    logFile: "/var/log/multus.log",
    logLevel: "verbose",
  });
}

/**
 * The default network: a bridge on the node, addresses by host-local, routed to the other nodes. One plugin and no list:
 * of a list Multus 4.2 drops members of `ipam` that it does not know, `ranges` among them, and every DEL fails.
 */
export function defaultNetwork({ podPrefix, podGateway }: NodeAddresses): string {
  return text({
    cniVersion: CNI_VERSION,
    name: "default",
    type: "bridge",
    bridge: "cni0",
    isGateway: true,
    ipMasq: false,
    ipam: {
      type: "host-local",
      ranges: [[{ subnet: podPrefix, gateway: podGateway }]],
      routes: [{ dst: "0.0.0.0/0" }],
    },
  });
}

function text(config: unknown): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
