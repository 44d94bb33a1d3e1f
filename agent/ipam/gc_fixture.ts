/** Endpoints and Pods for tests of the garbage collection. */
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { Attachment } from "../../crd/ipam/attachments.ts";

/** Pod `ns1/p`. */
export function podOf(uid: string, metadata: Partial<Pod["metadata"]> = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "ns1", uid, ...metadata },
    spec: { containers: [] },
    status: { phase: "Running" },
  };
}

/** The endpoint of Pod `ns1/p` with UID `U1`, with an address on each NIC of `attachments`. */
export function endpointWith(
  attachments: Readonly<Record<string, Attachment>>,
  { node = "n1", nics = Object.keys(attachments) }: { readonly node?: string; readonly nics?: readonly string[] } = {},
): SpiderEndpoint {
  const ips = nics.map((nic, i) => ({ interface: nic, ipv4: `10.1.0.1${i}/24`, ipv4Pool: "v4a", vlan: 0 }));
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: {
      name: "p",
      namespace: "ns1",
      annotations: { "ipam.spidernet.io/attachments": JSON.stringify(attachments) },
    },
    status: { current: { uid: "U1", node, ips }, ownerControllerType: "Pod", ownerControllerName: "p" },
  };
}
