/**
 * Rendezvous hashing (highest random weight; Thaler and Ravishankar, 1998): every agent that knows the same nodes ranks
 * them alike for a pool, and a node that comes or goes moves only the pools it wins or had won.
 */

/** `nodes` from the one that should write `pool` to the one that should last; no duplicates are expected. */
export function rankNodes(pool: string, nodes: readonly string[]): readonly string[] {
  const weighed = nodes.map((node) => ({ node, weight: weightOf(node, pool) }));
  weighed.sort((a, b) => b.weight - a.weight || (a.node < b.node ? -1 : 1));
  return weighed.map(({ node }) => node);
}

/** 32 bits, the same in every version of this agent: FNV-1a over both names, then the finalizer of MurmurHash3. */
function weightOf(node: string, pool: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${node}\n${pool}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
