/** Who talks to the API server of a cluster. */
import { MAX_NODES, nodeName } from "./layout.ts";
import type { Identity } from "./kubeconfig.ts";
import { createToken } from "./pki.ts";

/** User of the kubeconfig for people and tests. */
export const ADMIN = "test-bed:admin";

/** User of Multus on all nodes. */
export const MULTUS = "test-bed:multus";

/** User of the kubelet of a node. Source: Kubernetes, "Using Node Authorization". */
export function kubeletUser(node: string): string {
  return `system:node:${node}`;
}

/** Makes all identities a cluster of any size needs, each with a new token. */
export function createIdentities(): Identity[] {
  const nodes = Array.from({ length: MAX_NODES }, (_, i) => kubeletUser(nodeName(i + 1)));
  return [
    identity(ADMIN, "system:masters"),
    identity("system:kube-controller-manager"),
    identity("system:kube-scheduler"),
    identity(MULTUS),
    ...nodes.map((user) => identity(user, "system:nodes")),
  ];
}

/** The token of `user`. @throws {RangeError} if there is no such user */
export function tokenOf(user: string, identities: readonly Identity[]): string {
  const found = identities.find((identity) => identity.user === user);
  if (found === undefined) throw new RangeError(`Cannot find the token of "${user}": the cluster was not made for it`);
  return found.token;
}

function identity(user: string, ...groups: readonly string[]): Identity {
  return { user, groups, token: createToken() };
}
