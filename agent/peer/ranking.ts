import type { Peer, PeerDirectory } from "./contract.ts";
import { rankNodes } from "./rendezvous.ts";

/** Pools remembered. */
const MAX_POOLS = 4096;

/** The agents in the order in which they should write a pool, worked out once for each pool and set of agents. */
export class PeerRanking {
  readonly #directory: PeerDirectory;
  readonly #ranks = new Map<string, readonly Peer[]>();
  #of: readonly Peer[] | undefined;

  constructor(directory: PeerDirectory) {
    this.#directory = directory;
  }

  /** All live agents, this one where it lives, first the one that should write `pool`. */
  of(pool: string): readonly Peer[] {
    const live = this.#directory.live();
    if (live !== this.#of || this.#ranks.size >= MAX_POOLS) this.#ranks.clear();
    this.#of = live;
    let rank = this.#ranks.get(pool);
    if (rank === undefined) this.#ranks.set(pool, rank = rankPeers(pool, live));
    return rank;
  }
}

function rankPeers(pool: string, live: readonly Peer[]): readonly Peer[] {
  const byNode = new Map(live.map((peer) => [peer.node, peer]));
  return rankNodes(pool, [...byNode.keys()]).map((node) => byNode.get(node)!);
}
