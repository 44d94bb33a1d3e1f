import type { Peer, PeerDirectory } from "./contract.ts";
import { PeerLink, type PeerLinkDeps } from "./link.ts";
import { PeerRanking } from "./ranking.ts";

/** The links to all peers, and which of them should write a pool now. */
export class PeerLinks {
  readonly #directory: PeerDirectory;
  readonly #deps: PeerLinkDeps;
  readonly #ranking: PeerRanking;
  readonly #links = new Map<string, PeerLink>();
  #live: readonly Peer[] = [];

  constructor(directory: PeerDirectory, deps: PeerLinkDeps) {
    this.#directory = directory;
    this.#deps = deps;
    this.#ranking = new PeerRanking(directory);
  }

  /** The peer that should write `pool`; `undefined` when this agent itself should, or nobody can be asked. */
  committerOf(pool: string): PeerLink | undefined {
    this.#prune();
    for (const peer of this.#ranking.of(pool)) {
      if (peer.node === this.#directory.self) return undefined;
      const link = this.#linkOf(peer);
      if (link.isUsable) return link;
    }
    return undefined;
  }

  #linkOf(peer: Peer): PeerLink {
    let link = this.#links.get(peer.node);
    if (link?.peer.address !== peer.address || link.peer.certificate !== peer.certificate) {
      this.#links.set(peer.node, link = new PeerLink(peer, this.#deps));
    }
    return link;
  }

  #prune(): void {
    const live = this.#directory.live();
    if (live === this.#live) return;
    this.#live = live;
    const nodes = new Set(live.map(({ node }) => node));
    for (const node of this.#links.keys()) if (!nodes.has(node)) this.#links.delete(node);
  }
}
