/** Annotation keys of Pods, namespaces and endpoints; spec/ipam.md §2. */
export const annotationKeys = {
  subnets: "ipam.spidernet.io/subnets",
  subnet: "ipam.spidernet.io/subnet",
  ipNumber: "ipam.spidernet.io/ippool-ip-number",
  reclaim: "ipam.spidernet.io/ippool-reclaim",
  ippools: "ipam.spidernet.io/ippools",
  ippool: "ipam.spidernet.io/ippool",
  routes: "ipam.spidernet.io/routes",
  defaultIPv4: "ipam.spidernet.io/default-ipv4-ippool",
  defaultIPv6: "ipam.spidernet.io/default-ipv6-ippool",
  attachments: "ipam.spidernet.io/attachments",
  history: "ipam.spidernet.io/history",
  defaultNetwork: "v1.multus-cni.io/default-network",
  networks: "k8s.v1.cni.cncf.io/networks",
} as const;
