import type { Address } from "../../net/ip/mod.ts";
import type { Place } from "../../net/steps/mod.ts";
import { NUD } from "../../net/uapi/mod.ts";
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

/** Whoever had one of the addresses before: the node must not go on sending there. */
function forgetOthers({ observed, addresses, pair }: Scene): PlannedStep[] {
  const stale = observed.host.neighbors.filter(({ index, destination }) =>
    includesAddress(addresses, destination) && index !== pair.host.link?.index
  );
  return stale.flatMap(({ index, destination, lladdr, state }): PlannedStep[] => {
    const link = linkNameOf(observed, { place: "host", index });
    if (link === undefined) return [];
    const kept = state === NUD.PERMANENT ? lladdr : undefined;
    return [{ part: "hostNeighbor", step: { do: "deleteNeighbor", place: "host", link, destination, lladdr: kept } }];
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
