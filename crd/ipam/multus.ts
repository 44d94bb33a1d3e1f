import { tryParseAddress, tryParsePrefix } from "../../net/ip/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { goArray, type GoDecoder, goObject, goString, parseGoJson } from "./go_json.ts";

/** One network of a Multus annotation. */
export interface NetworkElement {
  readonly namespace: string;
  readonly name: string;
  /** Interface that is asked for; `""` when none is. */
  readonly interface: string;
}

interface SelectionElement {
  name: string;
  namespace: string;
  interface: string;
  mac: string;
  "infiniband-guid": string;
  ips: string[];
}

const selectionElements: GoDecoder<SelectionElement[]> = goArray(
  goObject<SelectionElement>({
    name: goString,
    namespace: goString,
    interface: goString,
    mac: goString,
    "infiniband-guid": goString,
    ips: goArray(goString, 64),
  }),
  64,
);

const nameForm = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const macForm =
  /^(([0-9a-f]{2}([:-])[0-9a-f]{2}(\3[0-9a-f]{2}){4}((\3[0-9a-f]{2}){2}|(\3[0-9a-f]{2}){14})?)|([0-9a-f]{4}(\.[0-9a-f]{4}){2}((\.[0-9a-f]{4}){1}|(\.[0-9a-f]{4}){7})?))$/i;

/**
 * Reads a Multus annotation: a JSON array of selection elements, or `[namespace/]name[@ifname]` separated by commas.
 * Source: Kubernetes Network Custom Resource Definition De-facto Standard §4.1.
 *
 * @param defaultNamespace of networks that name none
 * @throws {SyntaxError} if `text` is empty or neither form; also for a malformed MAC, GUID or IP request
 */
export function parseNetworks(text: string, defaultNamespace: string): NetworkElement[] {
  if (text === "") throw new SyntaxError("it is empty");
  return /[[{"]/.test(text)
    ? parseGoJson(text, selectionElements).map((element, i) => elementOf(element, `$[${i}]`, defaultNamespace))
    : text.split(",").map((part) => parseShortForm(part.trim(), defaultNamespace));
}

/** Where a Pod's networks are written. */
export interface MultusFacts {
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly podNamespace: string;
  readonly agentNamespace: string;
  /** `MULTUS_CLUSTER_NETWORK`, `[namespace/]name`. */
  readonly clusterNetwork?: string | undefined;
}

/** `namespace/name` of a NIC's network, or why it cannot be told. */
export type NicNetwork = { readonly network: string } | { readonly problem: string };

/** The network behind a NIC of the Pod (spec/ipam.md §5.3). */
export function networkOfNic(nic: string, facts: MultusFacts): NicNetwork {
  try {
    return nic === "eth0" ? defaultNetwork(facts) : additionalNetwork(nic, facts);
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: error.message };
    throw error;
  }
}

/**
 * Names of the first `count` NICs of a Pod in Multus' order: `eth0`, then each network's requested interface or
 * `net1`, `net2`, …
 *
 * @throws {SyntaxError} if the Pod's `k8s.v1.cni.cncf.io/networks` cannot be read
 */
export function nicNames(count: number, facts: MultusFacts): string[] {
  const elements = count > 1 ? additionalNetworks(facts) : [];
  return Array.from({ length: count }, (_, i) => i === 0 ? "eth0" : nicNameOf(elements[i - 1], i));
}

function defaultNetwork({ podAnnotations, agentNamespace, clusterNetwork }: MultusFacts): NicNetwork {
  const text = podAnnotations[annotationKeys.defaultNetwork];
  if (text !== undefined) {
    const [first] = named(annotationKeys.defaultNetwork, () => parseNetworks(text, agentNamespace));
    return first === undefined ? { problem: `${annotationKeys.defaultNetwork} names no network` } : fullName(first);
  }
  if (clusterNetwork === undefined || clusterNetwork === "") {
    return { problem: `the Pod has no ${annotationKeys.defaultNetwork} and MULTUS_CLUSTER_NETWORK is not set` };
  }
  const [first] = named("MULTUS_CLUSTER_NETWORK", () => parseNetworks(clusterNetwork, agentNamespace));
  return first === undefined ? { problem: "MULTUS_CLUSTER_NETWORK names no network" } : fullName(first);
}

function additionalNetwork(nic: string, facts: MultusFacts): NicNetwork {
  const found = additionalNetworks(facts).find((element, i) => nicNameOf(element, i + 1) === nic);
  return found === undefined
    ? { problem: `no network of ${annotationKeys.networks} is for ${JSON.stringify(nic)}` }
    : fullName(found);
}

function additionalNetworks({ podAnnotations, podNamespace }: MultusFacts): NetworkElement[] {
  const text = podAnnotations[annotationKeys.networks];
  if (text === undefined) return [];
  return named(annotationKeys.networks, () => parseNetworks(text, podNamespace));
}

function nicNameOf(element: NetworkElement | undefined, index: number): string {
  return element === undefined || element.interface === "" ? `net${index}` : element.interface;
}

function fullName({ namespace, name }: NetworkElement): NicNetwork {
  return { network: `${namespace}/${name}` };
}

function named<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new SyntaxError(`${what}: ${cause.message}`, { cause });
    throw cause;
  }
}

function elementOf(element: SelectionElement, path: string, defaultNamespace: string): NetworkElement {
  const { name, namespace, mac, ips, "infiniband-guid": guid } = element;
  if (name === "") throw new SyntaxError(`${path} has no name`);
  if (mac !== "" && !macForm.test(mac)) throw new SyntaxError(`${path}.mac ${JSON.stringify(mac)} is not a MAC`);
  if (guid !== "" && !isGuid(guid)) throw new SyntaxError(`${path}.infiniband-guid ${JSON.stringify(guid)} is no GUID`);
  const badIp = ips.find((ip) => tryParseAddress(ip) === undefined && tryParsePrefix(ip) === undefined);
  if (badIp !== undefined) throw new SyntaxError(`${path}.ips: ${JSON.stringify(badIp)} is not an address`);
  return { name, namespace: namespace === "" ? defaultNamespace : namespace, interface: element.interface };
}

/** A GUID is a MAC of 8 octets, neither all zeros nor all ones. */
function isGuid(text: string): boolean {
  const digits = text.replace(/[:.-]/g, "").toLowerCase();
  return macForm.test(text) && digits.length === 16 && !/^(0+|f+)$/.test(digits);
}

function parseShortForm(part: string, defaultNamespace: string): NetworkElement {
  const slash = part.split("/");
  const at = slash[slash.length - 1]!.split("@");
  const namespace = slash.length === 1 ? defaultNamespace : slash[0]!;
  const [name = "", ifname] = at;
  if (slash.length > 2 || at.length > 2 || !nameForm.test(name) || (slash.length === 2 && !nameForm.test(namespace))) {
    throw new SyntaxError(`${JSON.stringify(part)} is not [namespace/]name[@ifname]`);
  }
  if (ifname !== undefined && !/^[^\s/]{1,15}$/.test(ifname)) {
    throw new SyntaxError(`${JSON.stringify(ifname)} is not an interface name`);
  }
  return { namespace, name, interface: ifname ?? "" };
}
