import { annotationKeys } from "./annotations.ts";
import {
  type AnnotationText,
  decodeAnnotation,
  maxNics,
  nameList,
  refuseRepeated,
  wrongInput,
} from "./annotation_text.ts";
import { goArray, goObject, goString } from "./go_json.ts";

/** One NIC of `subnets`, or `subnet`; a family without a subnet is `undefined`. */
export interface NicSubnets {
  readonly interface: string;
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
}

/** How many addresses an auto-created pool is to have. */
export type IpNumber = { readonly mode: "fixed"; readonly count: number } | {
  readonly mode: "replicas-plus";
  readonly count: number;
};

const nicSubnets = goObject<{ interface: string; ipv4: string[]; ipv6: string[] }>({
  interface: goString,
  ipv4: nameList,
  ipv6: nameList,
});

/**
 * Reads `ipam.spidernet.io/subnets`: one item per NIC, of which the first name per family counts.
 *
 * @throws {IpamError} `wrong-input`, also for an empty array, a repeated interface or subnet, an item without a family
 */
export function parseSubnets(annotation: AnnotationText): NicSubnets[] {
  const key = annotationKeys.subnets;
  const items = decodeAnnotation(annotation, { key, decoder: goArray(nicSubnets, maxNics) });
  if (items.length === 0) throw wrongInput(key, annotation, "it lists no interface");
  const subnets = items.map((item) => firstNames(key, annotation, item));
  refuseRepeated(key, annotation, subnets.map((item) => item.interface));
  refuseRepeated(key, annotation, subnets.flatMap((item) => item.ipv4 ?? []));
  refuseRepeated(key, annotation, subnets.flatMap((item) => item.ipv6 ?? []));
  return subnets;
}

/**
 * Reads `ipam.spidernet.io/subnet`; without an interface it is for `eth0`.
 *
 * @throws {IpamError} `wrong-input`
 */
export function parseSubnet(annotation: AnnotationText): NicSubnets {
  const key = annotationKeys.subnet;
  const subnets = firstNames(key, annotation, decodeAnnotation(annotation, { key, decoder: nicSubnets }));
  return { ...subnets, interface: subnets.interface === "" ? "eth0" : subnets.interface };
}

/**
 * Reads `ipam.spidernet.io/ippool-ip-number`: `"5"`, or `"+2"` for replicas + 2. What precedes `+` is ignored.
 *
 * @throws {IpamError} `wrong-input`
 */
export function parseIpNumber(annotation: AnnotationText): IpNumber {
  const parts = annotation.text.split("+");
  const digits = parts[parts.length - 1]!;
  if (parts.length > 2 || !/^[0-9]{1,9}$/.test(digits)) {
    throw wrongInput(annotationKeys.ipNumber, annotation, `${JSON.stringify(annotation.text)} is neither "N" nor "+N"`);
  }
  return { mode: parts.length === 1 ? "fixed" : "replicas-plus", count: Number(digits) };
}

/**
 * Reads `ipam.spidernet.io/ippool-reclaim`; booleans as Go's `strconv.ParseBool` spells them.
 *
 * @throws {IpamError} `wrong-input`
 */
export function parseReclaim(annotation: AnnotationText): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(annotation.text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(annotation.text)) return false;
  throw wrongInput(annotationKeys.reclaim, annotation, `${JSON.stringify(annotation.text)} is not a boolean`);
}

function firstNames(
  key: string,
  annotation: AnnotationText,
  item: { interface: string; ipv4: string[]; ipv6: string[] },
): NicSubnets {
  const [ipv4] = item.ipv4;
  const [ipv6] = item.ipv6;
  if (ipv4 === "" || ipv6 === "") throw wrongInput(key, annotation, "the name of a subnet is empty");
  if (ipv4 === undefined && ipv6 === undefined) throw wrongInput(key, annotation, "an item names no subnet");
  return { interface: item.interface, ipv4, ipv6 };
}
