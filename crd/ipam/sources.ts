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
import { type SearchedSource, searchedSources, type SourceAttempt } from "./source.ts";

/** What a source lists, before patterns are expanded. */
export interface Listed {
  readonly source: SearchedSource;
  readonly nics: readonly NicPools[];
}

/** What asking the sources one after the other came to. */
export interface SourceSearch {
  /** Every source, in order. */
  readonly attempts: readonly SourceAttempt[];
  /** What the first one that applies lists, or why nothing can be listed. */
  readonly outcome: { readonly kind: "listed"; readonly listed: Listed } | {
    readonly kind: "failed";
    readonly error: IpamError;
  };
}

/** What one source says: the pools of its NICs, or why it does not apply. */
type Finding = readonly NicPools[] | "absent" | "empty" | "feature-off" | "unknown";

const finders: Record<SearchedSource, (facts: AddFacts) => Finding> = {
  "pod-subnets": (facts) => subnetPools(annotationKeys.subnets, facts),
  "pod-subnet": (facts) => subnetPools(annotationKeys.subnet, facts),
  "pod-ippools": annotatedNics,
  "pod-ippool": annotatedPools,
  "namespace-default": namespacePools,
  "cni-config": requestedPools,
  "cluster-default": defaultPools,
};

/** Asks the sources in order (spec/ipam.md §4.1): the first that applies wins completely, the others are not asked. */
export function searchSources(facts: AddFacts): SourceSearch {
  const attempts: SourceAttempt[] = [];
  let outcome: SourceSearch["outcome"] | undefined;
  for (const source of searchedSources) {
    if (outcome !== undefined) {
      attempts.push({ source, verdict: "not-asked" });
      continue;
    }
    const found = ask(source, facts);
    attempts.push(found.attempt);
    outcome = found.outcome;
  }
  return { attempts, outcome: outcome ?? { kind: "failed", error: noSource(facts) } };
}

/**
 * What the first source that applies lists.
 *
 * @throws {IpamError} if that source cannot be read or used, or none applies
 */
export function listedPools(facts: AddFacts): Listed {
  const { outcome } = searchSources(facts);
  if (outcome.kind === "failed") throw outcome.error;
  return outcome.listed;
}

function ask(
  source: SearchedSource,
  facts: AddFacts,
): { readonly attempt: SourceAttempt; readonly outcome: SourceSearch["outcome"] | undefined } {
  try {
    const found = finders[source](facts);
    if (typeof found === "string") return { attempt: { source, verdict: found }, outcome: undefined };
    const outcome = { kind: "listed", listed: { source, nics: found } } as const;
    return { attempt: { source, verdict: "applies" }, outcome };
  } catch (error) {
    if (!(error instanceof IpamError)) throw error;
    return { attempt: { source, verdict: "unusable", detail: error.detail }, outcome: { kind: "failed", error } };
  }
}

function noSource(facts: AddFacts): IpamError {
  const pod = podTextOf(facts.pod);
  return new IpamError(
    "no-ippool-available",
    facts.request.arePoolsUnknown === true
      ? `neither ${pod} nor its namespace names an IPPool, no IPPool is the cluster's default (spec.default), ` +
        "and what the CNI configuration names is not known here"
      : `neither ${pod}, its namespace nor the CNI configuration names an IPPool, ` +
        "and no IPPool is the cluster's default (spec.default)",
  );
}

function subnetPools(key: typeof annotationKeys.subnets | typeof annotationKeys.subnet, facts: AddFacts): Finding {
  const annotation = podAnnotation(key, facts);
  if (annotation === undefined) return "absent";
  if (!facts.features.enableSpiderSubnet) return "feature-off";
  const { pod, topController, features, request: { nic } } = facts;
  if (!features.enableAutoPool) {
    throw new IpamError(
      "auto-pool-unusable",
      `${podTextOf(pod)} has a subnet annotation, but enableAutoPoolForApplication is off in spiderpool-conf`,
    );
  }
  checkAutoPoolUse(topController, { annotations: pod.metadata.annotations ?? {}, owner: podTextOf(pod) });
  if (key === annotationKeys.subnet) return [autoPools(parseSubnet(annotation), facts)];
  const item = parseSubnets(annotation).find((subnets) => subnets.interface === nic);
  if (item === undefined) throw wrongInput(key, annotation, `no item is for ${JSON.stringify(nic)}`);
  return [autoPools(item, facts)];
}

function autoPools(subnets: NicSubnets, facts: AddFacts): NicPools {
  function poolsOf(subnet: string | undefined, family: Family): readonly string[] {
    if (subnet === undefined) return [];
    if (!isEnabled(family, facts)) return [subnet]; // dropped with its family, but named in the note
    const { topController, request: { nic } } = facts;
    return [autoPoolOf({ subnet, nic, family, topController, annotatedNic: subnets.interface }, facts.pools)];
  }
  return currentNic({ ipv4: poolsOf(subnets.ipv4, 4), ipv6: poolsOf(subnets.ipv6, 6) }, facts);
}

function annotatedNics(facts: AddFacts): Finding {
  const annotation = podAnnotation(annotationKeys.ippools, facts);
  return annotation === undefined ? "absent" : nicsOf(annotation, facts);
}

function annotatedPools(facts: AddFacts): Finding {
  const annotation = podAnnotation(annotationKeys.ippool, facts);
  return annotation === undefined ? "absent" : [currentNic(parseIpPool(annotation), facts)];
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

function namespacePools(facts: AddFacts): Finding {
  const owner = `namespace "${facts.pod.metadata.namespace ?? ""}"`;
  let isThere = false;
  function listOf(key: typeof annotationKeys.defaultIPv4 | typeof annotationKeys.defaultIPv6): readonly string[] {
    const annotation = annotationText(facts.namespace.annotations, key, owner);
    if (annotation === undefined) return [];
    isThere = true;
    return parseNamespacePools(key, annotation);
  }
  const pools = { ipv4: listOf(annotationKeys.defaultIPv4), ipv6: listOf(annotationKeys.defaultIPv6) };
  if (!isEmpty(pools)) return [currentNic(pools, facts)];
  return isThere ? "empty" : "absent";
}

function requestedPools(facts: AddFacts): Finding {
  const { defaultIPv4Pools, defaultIPv6Pools, arePoolsUnknown } = facts.request;
  const pools = { ipv4: defaultIPv4Pools ?? [], ipv6: defaultIPv6Pools ?? [] };
  if (!isEmpty(pools)) return [currentNic(pools, facts)];
  return arePoolsUnknown === true ? "unknown" : "empty";
}

function defaultPools(facts: AddFacts): Finding {
  const defaults = facts.pools.filter((pool) => pool.spec?.default === true);
  const pools = { ipv4: poolNamesOf(defaults, 4), ipv6: poolNamesOf(defaults, 6) };
  return isEmpty(pools) ? "empty" : [currentNic(pools, facts)];
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
