import type { Family } from "../../net/ip/mod.ts";
import { wrongInput } from "./annotation_text.ts";
import { annotationKeys } from "./annotations.ts";
import { autoPoolOf, checkAutoPoolUse } from "./auto_pool.ts";
import { IpamError } from "./errors.ts";
import { type AddFacts, isEnabled, podTextOf } from "./facts.ts";
import type { NicPools } from "./pool_annotations.ts";
import { currentNic, type Finding, podAnnotation } from "./source_finding.ts";
import { type NicSubnets, parseSubnet, parseSubnets } from "./subnet_annotations.ts";

/**
 * The auto-created pools of the application, where the Pod has the annotation `key`.
 *
 * @throws {IpamError} if it cannot be read, or the Pod cannot have such pools
 */
export function subnetPools(
  key: typeof annotationKeys.subnets | typeof annotationKeys.subnet,
  facts: AddFacts,
): Finding {
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
