/** Networks of the chain ifacer, macvlan, coordinator: two VLANs of the nodes' `eth0`, each with addresses of one family or both. */
import type { SpiderIPPool } from "../../crd/generated/mod.ts";

/** A VLAN that Pods are on. */
export interface Segment {
  readonly name: string;
  readonly vlanId: number;
  /** The link that `ifacer` makes on a node. */
  readonly link: string;
  /** Of the router, with prefix lengths. */
  readonly router: readonly [v4: string, v6: string];
  readonly pools: readonly [v4: SpiderIPPool, v6: SpiderIPPool];
}

/** Families of a network's addresses. */
export type Families = "v4" | "v6" | "dual";

/** The segment of first links, and that of further ones. */
export const segments: readonly [first: Segment, second: Segment] = [segmentOf("first", 50), segmentOf("second", 60)];

/** Name of the network that gives addresses of `families` on `segment`. */
export function networkName({ name }: Segment, families: Families): string {
  return `${name}-${families}`;
}

/**
 * The NetworkAttachmentDefinition of that network. Each node has its agent's socket at the path that plugins know.
 */
export function networkOf(segment: Segment, families: Families): Readonly<Record<string, unknown>> {
  const name = networkName(segment, families);
  const plugins = [
    { type: "ifacer", interfaces: ["eth0"], vlanID: segment.vlanId },
    { type: "macvlan", master: segment.link, mode: "bridge", ipam: ipamOf(segment, families) },
    { type: "coordinator" },
  ];
  return {
    apiVersion: "k8s.cni.cncf.io/v1",
    kind: "NetworkAttachmentDefinition",
    metadata: { name, namespace: "kube-system" },
    spec: { config: JSON.stringify({ cniVersion: "1.0.0", name, plugins }) },
  };
}

function ipamOf({ name }: Segment, families: Families) {
  return {
    type: "spiderpool",
    ...(families !== "v6" && { default_ipv4_ippool: [`${name}-v4`] }),
    ...(families !== "v4" && { default_ipv6_ippool: [`${name}-v6`] }),
  };
}

function segmentOf(name: string, vlanId: number): Segment {
  const [v4, v6] = [`10.${vlanId}.0`, `fd00:${vlanId}:`];
  return {
    name,
    vlanId,
    link: `eth0.${vlanId}`,
    router: [`${v4}.1/24`, `${v6}:1/64`],
    pools: [
      poolOf(`${name}-v4`, { ipVersion: 4, subnet: `${v4}.0/24`, ips: [`${v4}.10-${v4}.99`], gateway: `${v4}.1` }),
      poolOf(`${name}-v6`, { ipVersion: 6, subnet: `${v6}:/64`, ips: [`${v6}:10-${v6}:ff`], gateway: `${v6}:1` }),
    ],
  };
}

function poolOf(name: string, spec: NonNullable<SpiderIPPool["spec"]>): SpiderIPPool {
  return { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderIPPool", metadata: { name }, spec };
}
