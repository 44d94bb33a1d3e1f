import type { Link } from "../../net/route/mod.ts";
import type { Bytes } from "../../net/wire/mod.ts";
import { CniCode, CniError } from "../cni/mod.ts";
import { hostVethName, POD_VETH } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { Role } from "./role.ts";
import type { CoordinatorSettings } from "./settings.ts";

/** One end of the pair. */
export interface PairEnd {
  readonly name: string;
  /** Link-layer address. */
  readonly address: Bytes;
  /** The link, `undefined` while it has to be made. */
  readonly link: Link | undefined;
}

/** The veth pair between Pod and node. */
export interface Pair {
  readonly pod: PairEnd;
  readonly host: PairEnd;
  /** A link of the node with the name of our end that is something else: left over. */
  readonly stale: Link | undefined;
}

/**
 * The pair: our own in underlay mode, in overlay mode that of the Pod's first link.
 *
 * @throws {CniError} code 7 when there is none and none is to be made
 */
export function pairOf(
  settings: CoordinatorSettings,
  { observed, role }: { observed: Observed; role: Role },
): Pair {
  return role.mode === "underlay" ? ownPair(observed, role) : firstLinkPair(settings, observed);
}

/** Kinds of links that come as pairs of one netns each. */
const pairKinds = ["veth", "netkit"];

/** Whether it is an end of a pair. */
export function isPairEnd({ kind = "" }: Pick<Link, "kind">): boolean {
  return pairKinds.includes(kind);
}

/** Whether each is the other's other end. */
export function isPair(pod: Link | undefined, host: Link | undefined): boolean {
  return pod !== undefined && host !== undefined && isPairEnd(pod) && pod.kind === host.kind &&
    pod.parentIndex === host.index && host.parentIndex === pod.index;
}

function ownPair(observed: Observed, { first }: Role): Pair {
  const { pod, host, containerId, newVeth } = observed;
  const hostName = hostVethName(containerId);
  const inner = pod.links.find(({ name }) => name === POD_VETH);
  const outer = host.links.find(({ name }) => name === hostName);
  if (inner !== undefined && outer !== undefined && isPair(inner, outer)) {
    return { pod: endOf(inner), host: endOf(outer), stale: undefined };
  }
  if (inner !== undefined) {
    throw new CniError(CniCode.InvalidConfig, `Cannot use ${POD_VETH} of the Pod: its other end is not ${hostName}`);
  }
  if (!first) throw new CniError(CniCode.InvalidConfig, `Cannot find ${POD_VETH} in the Pod`);
  return {
    pod: { name: POD_VETH, address: newVeth.pod, link: undefined },
    host: { name: hostName, address: newVeth.host, link: undefined },
    stale: outer,
  };
}

/** A first link of another kind has a physical link below it: routes must never go there. */
function firstLinkPair({ firstLink }: CoordinatorSettings, { pod, host }: Observed): Pair {
  const inner = pod.links.find(({ name }) => name === firstLink);
  const outer = host.links.find(({ index }) => index === inner?.parentIndex);
  if (inner !== undefined && outer !== undefined && isPair(inner, outer)) {
    return { pod: endOf(inner), host: endOf(outer), stale: undefined };
  }
  const kind = inner === undefined ? "there is none" : `it is of kind ${inner.kind ?? "unknown"}`;
  throw new CniError(
    CniCode.InvalidConfig,
    `Cannot reach the node by ${firstLink}: mode overlay needs a veth with its other end on the node, ${kind}`,
  );
}

function endOf(link: Link): PairEnd {
  return { name: link.name, address: link.address, link };
}
