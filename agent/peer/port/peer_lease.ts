import type { Lease } from "../../../crd/core/mod.ts";

/** Label by which agents find each other's Leases, and its value. */
export const PEER_LABEL = { key: "app.kubernetes.io/component", value: "spiderpool-peer" } as const;
/** Annotation that holds the certificates, PEM. */
export const CERTIFICATE = "spiderpool.spidernet.io/peer-certificate";

/** Longest text of certificates, in characters: some of ours, and nothing else. */
const MAX_CERTIFICATE = 8192;
/** Longest name of an object (Kubernetes documentation, "DNS Subdomain Names"). */
const MAX_NAME = 253;
const PREFIX = "spiderpool-peer-";

/** Name of the Lease in which the agent of `node` makes its certificate known. */
export function peerLeaseName(node: string): string {
  const name = `${PREFIX}${node}`;
  if (name.length > MAX_NAME) throw new RangeError(`Cannot name the Lease of node "${node}": its name is too long`);
  return name;
}

/** The Lease itself: who holds it is the node, what it holds are the certificates. */
export function peerLease(
  { namespace, node, certificate, nowMs }: {
    readonly namespace: string;
    readonly node: string;
    readonly certificate: string;
    readonly nowMs: number;
  },
): Lease {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: peerLeaseName(node),
      namespace,
      labels: { "app.kubernetes.io/name": "spiderpool", [PEER_LABEL.key]: PEER_LABEL.value },
      annotations: { [CERTIFICATE]: certificate },
    },
    spec: { holderIdentity: node, renewTime: new Date(nowMs).toISOString().replace("Z", "000Z") },
  };
}

/** Node and certificates of a Lease; `undefined` if it is not an agent's. */
export function peerOfLease(
  { metadata, spec }: Lease,
): { readonly node: string; readonly certificate: string } | undefined {
  const node = spec?.holderIdentity ?? "";
  const certificate = metadata.annotations?.[CERTIFICATE] ?? "";
  const isOurs = node !== "" && metadata.name === `${PREFIX}${node}` && certificate.length <= MAX_CERTIFICATE &&
    certificate.startsWith("-----BEGIN CERTIFICATE-----");
  return isOurs ? { node, certificate } : undefined;
}
