/** Configuration of a kubelet. Source: kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1. */
import { networks } from "./layout.ts";

/** Where the kubelet of a node finds its files, in the node. */
export const kubeletFiles = {
  config: "/etc/kubernetes/kubelet.json",
  kubeconfig: "/etc/kubernetes/kubelet.conf",
  authority: "/etc/kubernetes/ca.crt",
} as const;

/** Text of the configuration. @param options.cgroup of the node: Pods get theirs below it */
export function kubeletConfig({ cgroup }: { readonly cgroup: string }): string {
  const config = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: kubeletFiles.authority },
    },
    authorization: { mode: "Webhook" },
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroup}`, // so that it ends with the node
    enforceNodeAllocatable: [], // all nodes share one machine, of which none may claim a part
    localStorageCapacityIsolation: false,
    failSwapOn: false,
    evictionHard: {
      "memory.available": "0%",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
    imageGCHighThresholdPercent: 100, // images are imported once: a removed one does not come back
    imageGCLowThresholdPercent: 99,
    makeIPTablesUtilChains: false,
    clusterDomain: "cluster.local",
    clusterDNS: [networks.services.dns],
    registerNode: true,
    nodeStatusUpdateFrequency: "5s",
    maxPods: 250,
    serializeImagePulls: false,
    shutdownGracePeriod: "0s",
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Command line after the program's path. @param node name and address of the node */
export function kubeletFlags({ name, address }: { readonly name: string; readonly address: string }): string[] {
  return [
    `--config=${kubeletFiles.config}`,
    `--kubeconfig=${kubeletFiles.kubeconfig}`,
    `--hostname-override=${name}`,
    `--node-ip=${address}`,
  ];
}
