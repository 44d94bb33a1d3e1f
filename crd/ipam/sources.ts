import type { Family } from "../../net/ip/mod.ts";
import {
  annotationKeys,
  type AnnotationText,
  type NicPools,
  type NicSubnets,
  parseIpPool,
  parseIpPools,
  parseNamespacePools,
  parseSubnet,
  parseSubnets,
  type PoolNames,
  wrongInput,
} from "./annotations.ts";
import { annotationText, autoPoolOf, checkAutoPoolUse } from "./auto_pool.ts";
import { IpamError } from "./errors.ts";
import { type AddFacts, isEnabled, multusFactsOf, podTextOf } from "./facts.ts";
import { nicNames } from "./multus.ts";
import { poolNamesOf } from "./pool_family.ts";
import type { Source } from "./source.ts";

/** What a source lists, before patterns are expanded. */
export interface Listed {
  readonly source: Source;
  readonly nics: readonly NicPools[];
}

/**
 * What the first source that applies lists (spec/ipam.md §4.1).
 *
 * @throws {IpamError} if that source cannot be read or used, or none applies
 */
export function listedPools(facts: AddFacts): Listed {
  return subnetPools(facts) ?? annotatedPools(facts) ?? namespacePools(facts) ?? requestedPools(facts) ??
    defaultPools(facts);
}

function subnetPools(facts: AddFacts): Listed | undefined {
  if (!facts.features.enableSpiderSubnet) return undefined;
  const several = podAnnotation(annotationKeys.subnets, facts);
  const one = podAnnotation(annotationKeys.subnet, facts);
  if (several === undefined && one === undefined) return undefined;
  if (!facts.features.enableAutoPool) {
    throw new IpamError(
      "auto-pool-unusable",
      `${podTextOf(facts.pod)} has a subnet annotation, but enableAutoPoolForApplication is off in spiderpool-conf`,
    );
  }
  const annotations = facts.pod.metadata.annotations ?? {};
  checkAutoPoolUse(facts.topController, { annotations, owner: podTextOf(facts.pod) });
  if (several !== undefined) {
    const { nic } = facts.request;
    const item = parseSubnets(several).find((subnets) => subnets.interface === nic);
    if (item === undefined) throw wrongInput(annotationKeys.subnets, several, `no item is for ${JSON.stringify(nic)}`);
    return { source: "pod-subnets", nics: [autoPools(item, facts)] };
  }
  return one && { source: "pod-subnet", nics: [autoPools(parseSubnet(one), facts)] };
}

function autoPools(subnets: NicSubnets, facts: AddFacts): NicPools {
  function poolsOf(subnet: string | undefined, family: Family): readonly string[] {
    if (subnet === undefined) return [];
    if (!isEnabled(family, facts)) return [subnet]; // dropped with its family, but named in the note
    const { topController, request: { nic } } = facts;
    return [autoPoolOf({ subnet, nic, family, topController }, facts.pools)];
  }
  return currentNic({ ipv4: poolsOf(subnets.ipv4, 4), ipv6: poolsOf(subnets.ipv6, 6) }, facts);
}

function annotatedPools(facts: AddFacts): Listed | undefined {
  const several = podAnnotation(annotationKeys.ippools, facts);
  if (several !== undefined) return { source: "pod-ippools", nics: nicsOf(several, facts) };
  const one = podAnnotation(annotationKeys.ippool, facts);
  return one && { source: "pod-ippool", nics: [currentNic(parseIpPool(one), facts)] };
}

/** Items without an interface are the Pod's NICs in Multus' order. */
function nicsOf(annotation: AnnotationText, facts: AddFacts): NicPools[] {
  const key = annotationKeys.ippools;
  const items = parseIpPools(annotation);
  const named = items[0]?.interface === "" ? nameNics(items, annotation, facts) : items;
  if (!named.some((item) => item.interface === facts.request.nic)) {
    const listed = named.map((item) => item.interface).join(", ");
    throw wrongInput(key, annotation, `no item is for ${JSON.stringify(facts.request.nic)}, only for ${listed}`);
  }
  return named;
}

function nameNics(items: NicPools[], annotation: AnnotationText, facts: AddFacts): NicPools[] {
  const names = namesOfNics(items.length, annotation, facts);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) {
    const detail = `two networks of ${annotationKeys.networks} ask for ${
      JSON.stringify(repeated)
    }: name the interfaces`;
    throw wrongInput(annotationKeys.ippools, annotation, detail);
  }
  return items.map((item, i) => ({ ...item, interface: names[i]! }));
}

function namesOfNics(count: number, annotation: AnnotationText, facts: AddFacts): string[] {
  try {
    return nicNames(count, multusFactsOf(facts));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrongInput(annotationKeys.ippools, annotation, error.message);
    throw error;
  }
}

function namespacePools(facts: AddFacts): Listed | undefined {
  const owner = `namespace "${facts.pod.metadata.namespace ?? ""}"`;
  function listOf(key: typeof annotationKeys.defaultIPv4 | typeof annotationKeys.defaultIPv6): readonly string[] {
    const annotation = annotationText(facts.namespace.annotations, key, owner);
    return annotation === undefined ? [] : parseNamespacePools(key, annotation);
  }
  const pools = { ipv4: listOf(annotationKeys.defaultIPv4), ipv6: listOf(annotationKeys.defaultIPv6) };
  return isEmpty(pools) ? undefined : { source: "namespace-default", nics: [currentNic(pools, facts)] };
}

function requestedPools(facts: AddFacts): Listed | undefined {
  const { defaultIPv4Pools, defaultIPv6Pools } = facts.request;
  const pools = { ipv4: defaultIPv4Pools ?? [], ipv6: defaultIPv6Pools ?? [] };
  return isEmpty(pools) ? undefined : { source: "cni-config", nics: [currentNic(pools, facts)] };
}

function defaultPools(facts: AddFacts): Listed {
  const defaults = facts.pools.filter((pool) => pool.spec?.default === true);
  const pools = { ipv4: poolNamesOf(defaults, 4), ipv6: poolNamesOf(defaults, 6) };
  if (!isEmpty(pools)) return { source: "cluster-default", nics: [currentNic(pools, facts)] };
  throw new IpamError(
    "no-ippool-available",
    `neither ${podTextOf(facts.pod)}, its namespace nor the CNI configuration names an IPPool, ` +
      "and no IPPool is the cluster's default (spec.default)",
  );
}

function currentNic({ ipv4, ipv6 }: PoolNames, { request }: AddFacts): NicPools {
  return { interface: request.nic, ipv4, ipv6, cleanGateway: request.cleanGateway === true };
}

function isEmpty({ ipv4, ipv6 }: PoolNames): boolean {
  return ipv4.length === 0 && ipv6.length === 0;
}

function podAnnotation(key: string, { pod }: AddFacts): AnnotationText | undefined {
  return annotationText(pod.metadata.annotations ?? {}, key, podTextOf(pod));
}
