/** Objects that the steps apply: pools, networks, Deployments. */
import { BUSYBOX_IMAGE } from "../../scripts/cluster/busybox.ts";
import { networks } from "../../scripts/cluster/layout.ts";

/** An object for `kubectl apply`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly finalizers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}

/** Namespace of everything that the steps make. */
export const NAMESPACE = "default";

/** Ends at once when it is told to, which `sleep` as the first process would not. */
const SLEEP = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";

/** A pool on the underlay; its family is that of `ips`. @param ips such as `172.22.1.1-172.22.1.9` */
export function poolOf(name: string, ips: string): Manifest {
  const { underlay } = networks;
  const v6 = ips.includes(":");
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name },
    spec: {
      ipVersion: v6 ? 6 : 4,
      subnet: v6 ? `fd00:22::/${underlay.prefixLength6}` : `172.22.0.0/${underlay.prefixLength4}`,
      ips: [ips],
      gateway: v6 ? underlay.gateway6 : underlay.gateway4,
    },
  };
}

/** What a network is to be. */
export interface NetworkWish {
  /** Pools by family that it takes addresses from. */
  readonly v4?: string;
  readonly v6?: string;
  /** For the network namespace of each Pod. @default none */
  readonly sysctl?: Readonly<Record<string, string>>;
  /** Whether the coordinator is chained behind macvlan. @default false */
  readonly coordinated?: boolean;
}

/** A NetworkAttachmentDefinition: macvlan over the underlay, addresses from pools. */
export function networkOf(name: string, { v4, v6, sysctl, coordinated = false }: NetworkWish): Manifest {
  const ipam = {
    type: "spiderpool",
    ...(v4 === undefined ? {} : { default_ipv4_ippool: [v4] }),
    ...(v6 === undefined ? {} : { default_ipv6_ippool: [v6] }),
  };
  const macvlan = { type: "macvlan", master: "eth1", mode: "bridge", ipam };
  const chained = [
    ...(sysctl === undefined ? [] : [{ type: "tuning", sysctl }]),
    ...(coordinated ? [{ type: "coordinator", mode: "auto" }] : []),
  ];
  const plugins = chained.length === 0 ? macvlan : { plugins: [macvlan, ...chained] };
  const config = { cniVersion: "1.0.0", name, ...plugins };
  return {
    apiVersion: "k8s.cni.cncf.io/v1",
    kind: "NetworkAttachmentDefinition",
    metadata: { name, namespace: NAMESPACE },
    spec: { config: JSON.stringify(config) },
  };
}

/** What a Deployment is to be. */
export interface DeploymentWish {
  readonly replicas: number;
  /** Network of `eth0`. @default the cluster's own */
  readonly network?: string;
  /** Networks of `net1` and so on. @default none */
  readonly further?: readonly string[];
  /** Pods above `replicas` during a rollout. @default 1 */
  readonly maxSurge?: number;
  /** Pods below `replicas` during a rollout. @default 0 */
  readonly maxUnavailable?: number;
  /** TCP port where each Pod serves files of its `/etc`, such as `hostname`, by HTTP. @default none */
  readonly port?: number;
}

/** A Deployment of Pods that do no more than that, spread over the nodes. */
export function deploymentOf(name: string, wish: DeploymentWish): Manifest {
  const { replicas, network, further = [], maxSurge = 1, maxUnavailable = 0, port } = wish;
  const app = { app: name };
  const annotations = {
    ...(network === undefined ? {} : onNetwork(network)),
    ...(further.length === 0 ? {} : { "k8s.v1.cni.cncf.io/networks": further.join(",") }),
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      progressDeadlineSeconds: 300,
      selector: { matchLabels: app },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
      template: { metadata: { labels: app, annotations }, spec: podSpec(app, port) },
    },
  };
}

/** What a StatefulSet is to be. */
export interface StatefulSetWish {
  readonly replicas: number;
  /** Network of `eth0`. */
  readonly network: string;
  /** Pools by family that its Pods name. */
  readonly pools: Pick<NetworkWish, "v4" | "v6">;
  /** Pods of a lower number stay as they were made when the template changes. @default 0 */
  readonly partition?: number;
}

/** A StatefulSet of Pods that do nothing, spread over the nodes. */
export function statefulSetOf(name: string, { replicas, network, pools, partition = 0 }: StatefulSetWish): Manifest {
  const app = { app: name };
  const { v4, v6 } = pools;
  const named = { ...(v4 === undefined ? {} : { ipv4: [v4] }), ...(v6 === undefined ? {} : { ipv6: [v6] }) };
  const annotations = { ...onNetwork(network), "ipam.spidernet.io/ippool": JSON.stringify(named) };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: app },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } },
      template: { metadata: { labels: app, annotations }, spec: podSpec(app) },
    },
  };
}

/** A Pod that does nothing, on a node without asking the scheduler. */
export function podOf(name: string, { network, node }: { readonly network: string; readonly node: string }): Manifest {
  const labels = { app: name };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, labels, annotations: onNetwork(network) },
    spec: { ...podSpec(labels), nodeName: node },
  };
}

/** Annotation that makes a network that of `eth0`. Source: Multus, `docs/configuration.md`. */
function onNetwork(network: string): Readonly<Record<string, string>> {
  return { "v1.multus-cni.io/default-network": `${NAMESPACE}/${network}` };
}

function podSpec(app: Readonly<Record<string, string>>, port?: number): Readonly<Record<string, unknown>> {
  const serve = port === undefined ? "" : `httpd -p ${port} -h /etc; `;
  return {
    terminationGracePeriodSeconds: 5,
    automountServiceAccountToken: false,
    topologySpreadConstraints: [{
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: app },
    }],
    containers: [{
      name: "main",
      image: BUSYBOX_IMAGE,
      imagePullPolicy: "Never",
      command: ["sh", "-c", serve + SLEEP],
    }],
  };
}
