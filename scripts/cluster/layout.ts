/** Names, addresses and folders of a cluster; everything follows from its name. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Version of Kubernetes in `scripts/k8s/kubernetes/go.mod`. */
export const KUBERNETES_VERSION = "v1.34.4";

/** Name of the cluster of `deno task cluster`. */
export const DEFAULT_NAME = "spcl";

/** What a cluster's name may be: it begins names of namespaces and cgroups, and is found again by them. */
const clusterName = /^[a-z][a-z0-9]{1,9}$/;

/** Most nodes of a cluster: the addresses below have one byte for the node. */
export const MAX_NODES = 50;

/**
 * The networks. All addresses are inside network namespaces of the cluster.
 *
 * - management: `eth0` of nodes; kubelets and API server talk here
 * - services: only `kubernetes` (10.96.0.1) leads somewhere, to the API server
 * - Pods: the default network, a bridge on each node, routed over management
 * - underlay: `eth1` of nodes, one L2 network with a gateway that answers
 */
export const networks = {
  management: { gateway: "10.222.0.1", prefixLength: 24 },
  services: { prefix: "10.96.0.0/16", kubernetes: "10.96.0.1", dns: "10.96.0.10" },
  pods: { prefix: "10.223.0.0/16" },
  underlay: { gateway4: "172.22.0.1", prefixLength4: 16, gateway6: "fd00:22::1", prefixLength6: 64 },
} as const;

/** A node's place in the networks. */
export interface NodeAddresses {
  /** On `eth0`. */
  readonly management: string;
  /** Prefix of its Pods on the default network. */
  readonly podPrefix: string;
  /** Gateway of its Pods on the default network. */
  readonly podGateway: string;
}

/** Addresses of node `index`, counted from 1. */
export function nodeAddresses(index: number): NodeAddresses {
  return {
    management: `10.222.0.${10 + index}`,
    podPrefix: `10.223.${index}.0/24`,
    podGateway: `10.223.${index}.1`,
  };
}

/** Name of node `index` in Kubernetes, counted from 1. */
export function nodeName(index: number): string {
  return `node-${index}`;
}

/** Where a cluster keeps its things on disk. */
export interface ClusterPaths {
  /** Everything of this cluster; `down` removes it. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** What kubectl keeps of answers. */
  readonly kubectlCache: string;
  readonly pki: string;
  readonly logs: string;
  /** What `up` notes about itself. */
  readonly state: string;
}

/**
 * Paths of cluster `name`, below `.cache/cluster/` of the repository.
 *
 * @throws {TypeError} if the name does not fit
 */
export function clusterPaths(name: string): ClusterPaths {
  if (!clusterName.test(name)) {
    throw new TypeError(`Cannot name a cluster "${name}": 2 to 10 small letters and digits, a letter first`);
  }
  const folder = `${repository}.cache/cluster/${name}`;
  return {
    folder,
    kubeconfig: `${folder}/kubeconfig`,
    kubectlCache: `${folder}/kubectl`,
    pki: `${folder}/pki`,
    logs: `${folder}/logs`,
    state: `${folder}/state.json`,
  };
}

/**
 * Name of a cluster that is this checkout's alone: on one host, tests of several checkouts run theirs side by side. It is the same in every run,
 * so what a killed run left is found again.
 *
 * @param purpose begins the name; 1 to 4 small letters
 * @param checkout its folder. @default this one
 */
export function nameHere(purpose: string, checkout: string = repository): string {
  return `${purpose}${createHash("sha256").update(checkout).digest("hex").slice(0, 6)}`;
}

/** Folder of the programs that are built once. */
export function programsFolder(): string {
  return `${repository}.cache/k8s`;
}

/** Name of a machine of cluster `name`: of its network namespace and its cgroup. */
export function machineName(name: string, machine: string): string {
  return `${name}-${machine}`;
}
