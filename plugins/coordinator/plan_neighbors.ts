import { type Address, formatAddress } from "../../net/ip/mod.ts";
import type { Neighbor } from "../../net/route/mod.ts";
import type { Place } from "../../net/steps/mod.ts";
import { NUD } from "../../net/uapi/mod.ts";
import { formatMac } from "../../net/wire/mod.ts";
import { includesAddress, isSameAddress } from "./addresses.ts";
import type { PairEnd } from "./pair.ts";
import type { Part, PlannedStep } from "./plan.ts";
import { isSameMac, linkNameOf, type Scene } from "./scene.ts";

/** Steps for neighbors: Pod and node know each other's end of the pair for good, and nobody else has the Pod's addresses. */
export function planNeighbors(scene: Scene): PlannedStep[] {
  const { pair, addresses, hostAddresses } = scene;
  return [
    ...forgetOthers(scene),
    ...know(scene, { part: "hostNeighbor", place: "host", on: pair.host, at: pair.pod, addresses }),
    // also of a further link: it may be the first of its family
    ...know(scene, { part: "podNeighbor", place: "pod", on: pair.pod, at: pair.host, addresses: hostAddresses }),
  ];
}

/** What the log says of neighbors that are forgotten: where the address was until now. */
export function forgottenTexts(scene: Scene): string[] {
  return othersOf(scene).map(({ link, destination, lladdr }) => {
    const at = lladdr === undefined ? "" : ` at ${formatMac(lladdr)}`;
    return `the node knew ${formatAddress(destination)} on ${link}${at}: forgotten`;
  });
}

function forgetOthers(scene: Scene): PlannedStep[] {
  return othersOf(scene).map(({ link, destination }): PlannedStep => {
    return { part: "hostNeighbor", step: { do: "deleteNeighbor", place: "host", link, destination } };
  });
}

/** Whoever had one of the addresses before: the node must not go on sending there. */
function othersOf(
  { observed, addresses, pair }: Scene,
): (Pick<Neighbor, "destination" | "lladdr"> & { link: string })[] {
  const stale = observed.host.neighbors.filter(({ index, destination }) =>
    includesAddress(addresses, destination) && index !== pair.host.link?.index
  );
  return stale.flatMap(({ index, destination, lladdr }) => {
    const link = linkNameOf(observed, { place: "host", index });
    return link === undefined ? [] : [{ link, destination, lladdr }];
  });
}

interface Knowledge {
  readonly part: Part;
  readonly place: Place;
  /** The end the addresses are behind. */
  readonly on: PairEnd;
  /** The end that has them. */
  readonly at: PairEnd;
  readonly addresses: readonly Address[];
}

function know({ observed }: Scene, { part, place, on, at, addresses }: Knowledge): PlannedStep[] {
  const known = observed[place].neighbors.filter(({ index, state }) =>
    index === on.link?.index && state === NUD.PERMANENT
  );
  return addresses
    .filter((address) => !known.some((n) => isSameAddress(n.destination, address) && isSameMac(n.lladdr, at.address)))
    .map((destination) => ({
      part,
      step: { do: "setNeighbor", place, link: on.name, destination, lladdr: at.address },
    }));
}
