import type { Requirement } from "../prepare_plan.ts";

/** What a control plane needs from the distribution. */
export const controlPlaneRequirements: readonly Requirement[] = [
  { file: "etcd", package: "etcd-server" },
  { file: "go", package: "golang-go" }, // old, but able to fetch a newer one
  { file: "ip", package: "iproute2" },
];

/** What a whole cluster needs from the distribution. */
export const clusterRequirements: readonly Requirement[] = [
  ...controlPlaneRequirements,
  { file: "/usr/lib/cni/macvlan", package: "containernetworking-plugins" },
  { file: "containerd", package: "containerd" },
  { file: "runc", package: "runc" },
  { file: "/bin/busybox", package: "busybox-static" },
];
