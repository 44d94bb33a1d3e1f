import { type Family, formatAddress, prefixContains, tryParseAddress, tryParsePrefix } from "../../net/ip/mod.ts";
import type { SpiderIPPool, SpiderIPPoolSpec } from "../generated/mod.ts";
import { applicationLabels, applicationLabelsOf, isAutoPool } from "./auto_pool.ts";
import { type AddFacts, multusFactsOf } from "./facts.ts";
import { networkOfNic, type NicNetwork } from "./multus.ts";
import type { PoolReason, Reason } from "./reasons.ts";
import { selectorMismatch } from "./selectors.ts";

/** A NIC and family for which pools are judged, with all facts. */
export interface FilterContext {
  readonly facts: AddFacts;
  readonly nic: string;
  readonly family: Family;
  /** Network of the NIC; only pools with `multusName` ask for it. */
  readonly network: NicNetwork;
}

/** What one rule says: a reason against the pool, `"accept"` to skip the rules behind it, or nothing. */
type Verdict = Reason | "accept" | undefined;
type Rule = (pool: SpiderIPPool, context: FilterContext) => Verdict;

/** The rules in their order; spec/ipam.md §5.2. */
const rules: readonly Rule[] = [
  isNotTerminating,
  isNotDisabled,
  hasReadableSpec,
  hasFamily,
  servesNode,
  servesNamespace,
  servesPod,
  servesNetwork,
  holdsMasterAddress,
];

/** Why a pool may not serve a NIC and family, or `undefined` when it may. */
export function poolMismatch(pool: SpiderIPPool, context: FilterContext): Reason | undefined {
  for (const rule of rules) {
    const verdict = rule(pool, context);
    if (verdict !== undefined) return verdict === "accept" ? undefined : verdict;
  }
  return undefined;
}

/** Splits `pools` into those that may serve the NIC and family, in the same order, and those that may not, and why. */
export function filterPools(
  pools: readonly SpiderIPPool[],
  target: { readonly nic: string; readonly family: Family },
  facts: AddFacts,
): { readonly usable: readonly SpiderIPPool[]; readonly unused: readonly PoolReason[] } {
  const context = { facts, ...target, network: networkOfNic(target.nic, multusFactsOf(facts)) };
  const usable: SpiderIPPool[] = [];
  const unused: PoolReason[] = [];
  for (const pool of pools) {
    const reason = poolMismatch(pool, context);
    if (reason === undefined) usable.push(pool);
    else unused.push({ pool: pool.metadata.name, nic: target.nic, family: target.family, reason });
  }
  return { usable, unused };
}

function isNotTerminating({ metadata }: SpiderIPPool): Verdict {
  return metadata.deletionTimestamp === undefined
    ? undefined
    : { code: "terminating", since: metadata.deletionTimestamp };
}

function isNotDisabled({ spec }: SpiderIPPool): Verdict {
  return spec?.disable === true ? { code: "disabled" } : undefined;
}

/** Nothing that the answer would carry may be unreadable; `ips` and `excludeIPs` are read when an address is chosen. */
function hasReadableSpec({ spec }: SpiderIPPool): Verdict {
  const subnet = tryParsePrefix(spec?.subnet ?? "");
  if (spec === undefined || subnet === undefined) {
    return {
      code: "spec-unreadable",
      field: "spec.subnet",
      detail: `${JSON.stringify(spec?.subnet ?? "")} is not a CIDR`,
    };
  }
  const { family } = subnet.address;
  if (spec.ipVersion !== undefined && spec.ipVersion !== family) {
    return {
      code: "spec-unreadable",
      field: "spec.ipVersion",
      detail: `it is ${spec.ipVersion}, but spec.subnet is ${spec.subnet}`,
    };
  }
  return unreadableGateway(spec, family) ?? unreadableRoute(spec);
}

function unreadableGateway({ gateway = "" }: SpiderIPPoolSpec, family: Family): Reason | undefined {
  if (gateway === "" || tryParseAddress(gateway)?.family === family) return undefined;
  return {
    code: "spec-unreadable",
    field: "spec.gateway",
    detail: `${JSON.stringify(gateway)} is not an IPv${family} address`,
  };
}

function unreadableRoute({ routes = [] }: SpiderIPPoolSpec): Reason | undefined {
  const index = routes.findIndex(({ dst, gw }) => {
    const family = tryParsePrefix(dst)?.address.family;
    return family === undefined || tryParseAddress(gw)?.family !== family;
  });
  const route = routes[index];
  return route && {
    code: "spec-unreadable",
    field: `spec.routes[${index}]`,
    detail: `dst ${JSON.stringify(route.dst)} gw ${JSON.stringify(route.gw)} is not a route`,
  };
}

function hasFamily({ spec }: SpiderIPPool, { family: want }: FilterContext): Verdict {
  const have = tryParsePrefix(spec?.subnet ?? "")?.address.family;
  return have === undefined || have === want ? undefined : { code: "family", want, have };
}

/** `nodeName` wins over `nodeAffinity`. */
function servesNode({ spec }: SpiderIPPool, { facts: { pod, node } }: FilterContext): Verdict {
  const name = pod.spec.nodeName ?? node.name;
  const allowed = spec?.nodeName ?? [];
  if (allowed.length > 0) return allowed.includes(name) ? undefined : { code: "node-name", node: name, allowed };
  const detail = spec?.nodeAffinity && selectorMismatch(spec.nodeAffinity, node.labels);
  return detail === undefined ? undefined : { code: "node-affinity", node: name, detail };
}

/** `namespaceName` wins over `namespaceAffinity`. */
function servesNamespace({ spec }: SpiderIPPool, { facts: { pod, namespace } }: FilterContext): Verdict {
  const name = pod.metadata.namespace ?? "";
  const allowed = spec?.namespaceName ?? [];
  if (allowed.length > 0) {
    return allowed.includes(name) ? undefined : { code: "namespace-name", namespace: name, allowed };
  }
  const detail = spec?.namespaceAffinity && selectorMismatch(spec.namespaceAffinity, namespace.labels);
  return detail === undefined ? undefined : { code: "namespace-affinity", namespace: name, detail };
}

/** An auto-created pool serves its application and nobody else; its `podAffinity` names that, not Pod labels. */
function servesPod(pool: SpiderIPPool, { facts: { pod, topController } }: FilterContext): Verdict {
  const selector = pool.spec?.podAffinity;
  if (selector === undefined) return undefined;
  if (!isAutoPool(pool)) {
    const detail = selectorMismatch(selector, pod.metadata.labels ?? {});
    return detail === undefined ? undefined : { code: "pod-affinity", detail };
  }
  const want = applicationLabelsOf(topController);
  const have = selector.matchLabels ?? {};
  if (Object.entries(want).every(([key, value]) => have[key] === value)) return "accept";
  return {
    code: "other-application",
    owner: applicationText(have),
    application: applicationText(want),
  };
}

function servesNetwork({ spec }: SpiderIPPool, { facts, nic, network }: FilterContext): Verdict {
  const allowed = (spec?.multusName ?? []).map((name) => name.includes("/") ? name : `${facts.agentNamespace}/${name}`);
  if (allowed.length === 0) return undefined;
  if ("problem" in network) return { code: "multus-unknown", nic, detail: network.problem };
  return allowed.includes(network.network)
    ? undefined
    : { code: "multus-name", nic, network: network.network, allowed };
}

/** Only for the NIC of the request: of the others nobody knows the master yet, nor what their configuration says. */
function holdsMasterAddress({ spec }: SpiderIPPool, { facts, nic }: FilterContext): Verdict {
  const subnet = tryParsePrefix(spec?.subnet ?? "");
  if (facts.request.matchMasterSubnet !== true || facts.request.nic !== nic || subnet === undefined) return undefined;
  const { master = { problem: "nobody looked for it" } } = facts;
  if ("problem" in master) return { code: "master-unknown", detail: master.problem };
  if (master.addresses.some((address) => prefixContains(subnet, address))) return undefined;
  return { code: "master-subnet", subnet: spec?.subnet ?? "", addresses: master.addresses.map(formatAddress) };
}

function applicationText(labels: Readonly<Record<string, string>>): string {
  const { group, version, kind, namespace, name } = applicationLabels;
  const apiVersion = labels[group] === "" ? labels[version] : `${labels[group]}/${labels[version]}`;
  return `${labels[kind]} "${labels[namespace]}/${labels[name]}" of ${apiVersion}`;
}
