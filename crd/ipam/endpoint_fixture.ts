import type { SpiderEndpoint } from "../generated/mod.ts";

/** What of an endpoint differs from the usual. */
export interface EndpointFields {
  /** Of the Pod it was written for. */
  readonly uid: string;
  /** Text of the annotation that remembers the last ADDs. @default there is none */
  readonly attachments?: string | undefined;
  /** `status.ownerControllerType`. @default "Pod" */
  readonly ownerType?: string;
}

/** The SpiderEndpoint of Pod `ns1/p`, which has 10.1.0.10 of pool `v4a` on `eth0`, on node `n1`. */
export function endpointBody({ uid, attachments, ownerType = "Pod" }: EndpointFields): SpiderEndpoint {
  const annotations = attachments === undefined ? {} : { "ipam.spidernet.io/attachments": attachments };
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: { name: "p", namespace: "ns1", annotations },
    status: {
      current: { uid, node: "n1", ips: [{ interface: "eth0", ipv4: "10.1.0.10/24", ipv4Pool: "v4a", vlan: 0 }] },
      ownerControllerType: ownerType,
      ownerControllerName: "p",
    },
  };
}
