import { annotationKeys } from "./annotations.ts";
import {
  type AnnotationText,
  decodeAnnotation,
  maxNics,
  nameList,
  refuseRepeated,
  wrongInput,
} from "./annotation_text.ts";
import { goArray, goBoolean, goObject, goString } from "./go_json.ts";

/** Names of pools per family, patterns included. */
export interface PoolNames {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** One NIC of `ippools`. */
export interface NicPools extends PoolNames {
  /** `""` when no item names its interface. */
  readonly interface: string;
  readonly cleanGateway: boolean;
}

const poolNames = goObject<{ ipv4: string[]; ipv6: string[] }>({ ipv4: nameList, ipv6: nameList });
const nicPools = goArray(
  goObject<{ interface: string; ipv4: string[]; ipv6: string[]; cleangateway: boolean }>({
    interface: goString,
    ipv4: nameList,
    ipv6: nameList,
    cleangateway: goBoolean,
  }),
  maxNics,
);

/**
 * Reads `ipam.spidernet.io/ippool`.
 *
 * @throws {IpamError} `wrong-input`
 */
export function parseIpPool(annotation: AnnotationText): PoolNames {
  return decodeAnnotation(annotation, { key: annotationKeys.ippool, decoder: poolNames });
}

/**
 * Reads `ipam.spidernet.io/ippools`: one item per NIC; either all name their interface or none does.
 *
 * @throws {IpamError} `wrong-input`, also for an empty array and a repeated interface
 */
export function parseIpPools(annotation: AnnotationText): NicPools[] {
  const key = annotationKeys.ippools;
  const items = decodeAnnotation(annotation, { key, decoder: nicPools });
  if (items.length === 0) throw wrongInput(key, annotation, "it lists no interface");
  const named = items.filter((item) => item.interface !== "");
  if (named.length !== 0 && named.length !== items.length) {
    throw wrongInput(key, annotation, "either every item names its interface or none does");
  }
  refuseRepeated(key, annotation, named.map((item) => item.interface));
  return items.map(({ cleangateway, ...item }) => ({ ...item, cleanGateway: cleangateway }));
}

/**
 * Reads a namespace's `ipam.spidernet.io/default-ipv4-ippool` or `…-ipv6-ippool`.
 *
 * @throws {IpamError} `namespace-annotation`
 */
export function parseNamespacePools(
  key: typeof annotationKeys.defaultIPv4 | typeof annotationKeys.defaultIPv6,
  annotation: AnnotationText,
): readonly string[] {
  return decodeAnnotation(annotation, { key, decoder: nameList, code: "namespace-annotation" });
}
