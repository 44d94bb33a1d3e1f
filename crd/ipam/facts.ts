import type { Address, Family } from "../../net/ip/mod.ts";
import type { Pod } from "../core/mod.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import type { IpamFeatures } from "./features.ts";
import type { MultusFacts } from "./multus.ts";
import type { TopController } from "./top_controller.ts";

/** Labels or annotations. */
export type Labels = Readonly<Record<string, string>>;

/** What the CNI request says that matters for choosing pools. */
export interface AddRequest {
  /** `ifName` of the request. */
  readonly nic: string;
  /** @default [] */
  readonly defaultIPv4Pools?: readonly string[] | null | undefined;
  /** @default [] */
  readonly defaultIPv6Pools?: readonly string[] | null | undefined;
  /** Whether nobody knows what the CNI configuration names: in a dry run only. @default false */
  readonly arePoolsUnknown?: boolean | undefined;
  /** @default false */
  readonly cleanGateway?: boolean | undefined;
  /** @default false */
  readonly matchMasterSubnet?: boolean | undefined;
}

/** Everything that `planAdd` looks at, read by the shell beforehand. */
export interface AddFacts {
  readonly request: AddRequest;
  readonly pod: Pod;
  readonly namespace: { readonly labels: Labels; readonly annotations: Labels };
  readonly node: { readonly name: string; readonly labels: Labels };
  readonly topController: TopController;
  /** All pools of the cluster; `status` is not looked at. */
  readonly pools: readonly SpiderIPPool[];
  readonly features: IpamFeatures;
  /** Namespace of a `multusName` or default network without one. */
  readonly agentNamespace: string;
  /** `MULTUS_CLUSTER_NETWORK`. */
  readonly clusterNetwork?: string | undefined;
  /** What is known of the NIC's master (PF or parent link); absent when nobody looked. */
  readonly master?: MasterFacts | undefined;
  /** What is not to be judged: NICs and families that have their addresses. @default [] */
  readonly settled?: readonly { readonly nic: string; readonly family: Family }[];
}

/** Host addresses of a NIC's master, or what is missing to tell them, as half a sentence. */
export type MasterFacts = { readonly addresses: readonly Address[] } | { readonly problem: string };

/** `namespace/name` of the Pod. */
export function podKeyOf({ metadata }: Pod): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** The Pod in a message: `Pod "ns1/p"`. */
export function podTextOf(pod: Pod): string {
  return `Pod "${podKeyOf(pod)}"`;
}

/** What finding the network behind a NIC needs of the facts. */
export function multusFactsOf({ pod, agentNamespace, clusterNetwork }: AddFacts): MultusFacts {
  return {
    podAnnotations: pod.metadata.annotations ?? {},
    podNamespace: pod.metadata.namespace ?? "",
    agentNamespace,
    clusterNetwork,
  };
}

/** Whether `spiderpool-conf` has the family switched on. */
export function isEnabled(family: Family, { features }: AddFacts): boolean {
  return family === 4 ? features.enableIPv4 : features.enableIPv6;
}
