import { annotationKeys } from "./annotations.ts";
import { annotationText } from "./auto_pool.ts";
import type { AddFacts } from "./facts.ts";
import { parseNamespacePools } from "./pool_annotations.ts";
import { poolNamesOf } from "./pool_family.ts";
import { currentNic, type Finding, isEmpty } from "./source_finding.ts";

/** What the annotations of the Pod's namespace list. @throws {IpamError} if one cannot be read */
export function namespacePools(facts: AddFacts): Finding {
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

/** What the CNI configuration lists, as the plugin has handed it over. */
export function requestedPools(facts: AddFacts): Finding {
  const { defaultIPv4Pools, defaultIPv6Pools, arePoolsUnknown } = facts.request;
  const pools = { ipv4: defaultIPv4Pools ?? [], ipv6: defaultIPv6Pools ?? [] };
  if (!isEmpty(pools)) return [currentNic(pools, facts)];
  return arePoolsUnknown === true ? "unknown" : "empty";
}

/** The pools that are the cluster's default. */
export function defaultPools(facts: AddFacts): Finding {
  const defaults = facts.pools.filter((pool) => pool.spec?.default === true);
  const pools = { ipv4: poolNamesOf(defaults, 4), ipv6: poolNamesOf(defaults, 6) };
  return isEmpty(pools) ? "empty" : [currentNic(pools, facts)];
}
