import type { AnnotationText } from "./annotation_text.ts";
import { annotationText } from "./auto_pool.ts";
import { type AddFacts, podTextOf } from "./facts.ts";
import type { NicPools, PoolNames } from "./pool_annotations.ts";

/** What one source says: the pools of its NICs, or why it does not apply. */
export type Finding = readonly NicPools[] | "absent" | "empty" | "feature-off" | "unknown";

/** Pools for the NIC that is asked for. */
export function currentNic({ ipv4, ipv6 }: PoolNames, { request }: AddFacts): NicPools {
  return { interface: request.nic, ipv4, ipv6, cleanGateway: request.cleanGateway === true };
}

/** Whether neither family has a pool. */
export function isEmpty({ ipv4, ipv6 }: PoolNames): boolean {
  return ipv4.length === 0 && ipv6.length === 0;
}

/** An annotation of the Pod, if it is there. */
export function podAnnotation(key: string, { pod }: AddFacts): AnnotationText | undefined {
  return annotationText(pod.metadata.annotations ?? {}, key, podTextOf(pod));
}
