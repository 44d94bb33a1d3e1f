/** The base of the worked scenarios (spec/ipam.md §17) for tests: pools v4a, v4b, v6a, Pod `ns1/p` of Deployment `web`. */

import type { Pod } from "../core/mod.ts";
import type { SpiderIPPool, SpiderIPPoolSpec } from "../generated/mod.ts";
import type { ObjectMeta } from "../kube/contract.ts";
import type { AddFacts } from "./facts.ts";
import { type AddPlan, planAdd } from "./plan.ts";

/** A pool with the given spec. */
export function pool(name: string, spec: SpiderIPPoolSpec, metadata: Partial<ObjectMeta> = {}): SpiderIPPool {
  return { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderIPPool", metadata: { name, ...metadata }, spec };
}

/** `v4a` of the scenarios, with `spec` on top. */
export function v4a(spec: Partial<SpiderIPPoolSpec> = {}, metadata: Partial<ObjectMeta> = {}): SpiderIPPool {
  const own = { ipVersion: 4, subnet: "10.1.0.0/24", ips: ["10.1.0.10-10.1.0.12"], gateway: "10.1.0.1" } as const;
  return pool("v4a", { ...own, ips: [...own.ips], ...spec }, metadata);
}

/** `v4b` of the scenarios, with `spec` on top. */
export function v4b(spec: Partial<SpiderIPPoolSpec> = {}, metadata: Partial<ObjectMeta> = {}): SpiderIPPool {
  const own = { ipVersion: 4, subnet: "10.2.0.0/24", ips: ["10.2.0.10-10.2.0.20"], gateway: "10.2.0.1" } as const;
  return pool("v4b", { ...own, ips: [...own.ips], ...spec }, metadata);
}

/** `v6a` of the scenarios, with `spec` on top. */
export function v6a(spec: Partial<SpiderIPPoolSpec> = {}, metadata: Partial<ObjectMeta> = {}): SpiderIPPool {
  const own = { ipVersion: 6, subnet: "fd00:1::/64", ips: ["fd00:1::10-fd00:1::20"], gateway: "fd00:1::1" } as const;
  return pool("v6a", { ...own, ips: [...own.ips], ...spec }, metadata);
}

/** What a scenario changes. */
export interface Scenario {
  /** Annotations of the Pod; those of this project by their last part. */
  readonly pod?: Readonly<Record<string, string>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Annotations of the namespace. */
  readonly namespace?: Readonly<Record<string, string>>;
  /** NIC of the request. @default "eth0" */
  readonly nic?: string;
  readonly cni?: Partial<AddFacts["request"]>;
  /** @default v4a, v4b, v6a */
  readonly pools?: readonly SpiderIPPool[];
  readonly features?: Partial<AddFacts["features"]>;
  readonly facts?: Partial<AddFacts>;
}

/** The facts of a scenario. */
export function factsOf({ pod = {}, podLabels, namespace = {}, nic = "eth0", cni, ...rest }: Scenario): AddFacts {
  return {
    request: { nic, ...cni },
    pod: podOf(pod, podLabels),
    namespace: { labels: { team: "x" }, annotations: fullKeys(namespace) },
    node: { name: "n1", labels: { zone: "a" } },
    topController: { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns1", name: "web", uid: "D1" },
    pools: rest.pools ?? [v4a(), v4b(), v6a()],
    features: {
      enableIPv4: true,
      enableIPv6: true,
      enableSpiderSubnet: true,
      enableAutoPool: true,
      enableStatefulSet: true,
      enableKubevirt: true,
      ...rest.features,
    },
    agentNamespace: "sp",
    clusterNetwork: "sp/mv0",
    ...rest.facts,
  };
}

/** A scenario's plan in one line per NIC and family, or the code and message of its refusal. */
export function planText(scenario: Scenario): string[] {
  return textOf(planAdd(factsOf(scenario)));
}

/** Pod `ns1/p` on node `n1`. */
export function podOf(
  annotations: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = { app: "web" },
): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "ns1", uid: "U1", labels, annotations: fullKeys(annotations) },
    spec: { nodeName: "n1" },
  };
}

function textOf(plan: AddPlan): string[] {
  if (plan.kind === "refused") return [`${plan.error.code}: ${plan.error.message}`];
  return plan.families.map(({ nic, family, pools, source, cleanGateway }) =>
    `${nic} ${family} ${pools.map(({ name }) => name).join(",")} ${source}${cleanGateway ? " clean" : ""}`
  );
}

function fullKeys(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(annotations);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.includes("/") ? key : `ipam.spidernet.io/${key}`, value]),
  );
}
