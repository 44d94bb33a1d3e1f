import { networkOf, tryParseAddress, tryParsePrefix } from "../../net/ip/mod.ts";
import { IpamError } from "./errors.ts";
import { goArray, goBoolean, type GoDecoder, goObject, goString, parseGoJson } from "./go_json.ts";
import type { CustomRoute } from "./routes.ts";

/** Annotation keys of Pods, namespaces and endpoints; spec/ipam.md §2. */
export const annotationKeys = {
  subnets: "ipam.spidernet.io/subnets",
  subnet: "ipam.spidernet.io/subnet",
  ipNumber: "ipam.spidernet.io/ippool-ip-number",
  reclaim: "ipam.spidernet.io/ippool-reclaim",
  ippools: "ipam.spidernet.io/ippools",
  ippool: "ipam.spidernet.io/ippool",
  routes: "ipam.spidernet.io/routes",
  defaultIPv4: "ipam.spidernet.io/default-ipv4-ippool",
  defaultIPv6: "ipam.spidernet.io/default-ipv6-ippool",
  attachments: "ipam.spidernet.io/attachments",
  history: "ipam.spidernet.io/history",
  defaultNetwork: "v1.multus-cni.io/default-network",
  networks: "k8s.v1.cni.cncf.io/networks",
} as const;

/** An annotation's text and whose it is, for messages: `Pod "ns1/p"`. */
export interface AnnotationText {
  readonly text: string;
  readonly owner: string;
}

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

const maxNics = 64;
const maxNames = 256;
const names = goArray(goString, maxNames);
const poolNames = goObject<{ ipv4: string[]; ipv6: string[] }>({ ipv4: names, ipv6: names });
const nicPools = goArray(
  goObject<{ interface: string; ipv4: string[]; ipv6: string[]; cleangateway: boolean }>({
    interface: goString,
    ipv4: names,
    ipv6: names,
    cleangateway: goBoolean,
  }),
  maxNics,
);
const nicSubnets = goObject<{ interface: string; ipv4: string[]; ipv6: string[] }>({
  interface: goString,
  ipv4: names,
  ipv6: names,
});
const routeTexts = goArray(goObject<{ dst: string; gw: string }>({ dst: goString, gw: goString }), maxNames);

/**
 * Reads `ipam.spidernet.io/ippool`.
 *
 * @throws {IpamError} `wrong-input`
 */
export function parseIpPool(annotation: AnnotationText): PoolNames {
  return decode(annotationKeys.ippool, annotation, poolNames);
}

/**
 * Reads `ipam.spidernet.io/ippools`: one item per NIC; either all name their interface or none does.
 *
 * @throws {IpamError} `wrong-input`, also for an empty array and a repeated interface
 */
export function parseIpPools(annotation: AnnotationText): NicPools[] {
  const key = annotationKeys.ippools;
  const items = decode(key, annotation, nicPools);
  if (items.length === 0) throw wrongInput(key, annotation, "it lists no interface");
  const named = items.filter((item) => item.interface !== "");
  if (named.length !== 0 && named.length !== items.length) {
    throw wrongInput(key, annotation, "either every item names its interface or none does");
  }
  refuseRepeated(key, annotation, named.map((item) => item.interface));
  return items.map(({ cleangateway, ...item }) => ({ ...item, cleanGateway: cleangateway }));
}

/**
 * Reads `ipam.spidernet.io/subnets`: one item per NIC, of which the first name per family counts.
 *
 * @throws {IpamError} `wrong-input`, also for an empty array, a repeated interface or subnet, an item without a family
 */
export function parseSubnets(annotation: AnnotationText): NicSubnets[] {
  const key = annotationKeys.subnets;
  const items = decode(key, annotation, goArray(nicSubnets, maxNics));
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
  const subnets = firstNames(key, annotation, decode(key, annotation, nicSubnets));
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

/**
 * Reads `ipam.spidernet.io/routes`. Host bits of `dst` are cleared.
 *
 * @throws {IpamError} `wrong-input` if a `dst` is not a CIDR, or its `gw` not an address of the same family
 */
export function parseRoutes(annotation: AnnotationText): CustomRoute[] {
  return decode(annotationKeys.routes, annotation, routeTexts).map(({ dst, gw }, i) => {
    const prefix = tryParsePrefix(dst);
    const gateway = tryParseAddress(gw);
    const flaw = prefix === undefined
      ? `dst ${JSON.stringify(dst)} is not a CIDR`
      : gateway === undefined
      ? `gw ${JSON.stringify(gw)} is not an address`
      : gateway.family !== prefix.address.family
      ? `dst ${dst} and gw ${gw} are of different families`
      : undefined;
    if (prefix === undefined || gateway === undefined || flaw !== undefined) {
      throw wrongInput(annotationKeys.routes, annotation, `$[${i}]: ${flaw}`);
    }
    return { family: gateway.family, dst: networkOf(prefix), gateway };
  });
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
  try {
    return parseGoJson(annotation.text, names);
  } catch (cause) {
    throw new IpamError("namespace-annotation", describe(key, annotation, messageOf(cause)), { cause });
  }
}

/** The error of an annotation that cannot be used. `detail` follows the annotation's key and owner. */
export function wrongInput(key: string, annotation: AnnotationText, detail: string): IpamError {
  return new IpamError("wrong-input", describe(key, annotation, detail));
}

function decode<T>(key: string, annotation: AnnotationText, decoder: GoDecoder<T>): T {
  try {
    return parseGoJson(annotation.text, decoder);
  } catch (cause) {
    throw new IpamError("wrong-input", describe(key, annotation, messageOf(cause)), { cause });
  }
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

function refuseRepeated(key: string, annotation: AnnotationText, values: readonly string[]): void {
  const repeated = values.find((value, i) => values.indexOf(value) !== i);
  if (repeated !== undefined) throw wrongInput(key, annotation, `${JSON.stringify(repeated)} occurs more than once`);
}

function describe(key: string, { owner }: AnnotationText, detail: string): string {
  return `annotation ${key} of ${owner}: ${detail}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
