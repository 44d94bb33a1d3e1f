/** Connections from one agent to the peer port of another, as the kernel of a node counts them. */
import type { Node } from "../../scripts/cluster/mod.ts";

/** Port of `manifests/40-agent-service.yaml`. */
const PEER_PORT = 5713;

/** Data segments sent on each connection that is established, by the connection's two ends. */
export type SentSegments = ReadonlyMap<string, number>;

/** Reads those of the agent of `node`: only connections that it has opened. */
export async function sentToPeers(node: Node): Promise<SentSegments> {
  return parseSockets(await node.exec("ss", "-HOtni", "state", "established", "dport", "=", `:${PEER_PORT}`));
}

/** Reads what `ss -HOtni` printed: one connection a line. Source: ss(8), `tcp_info` of linux/tcp.h. */
export function parseSockets(text: string): SentSegments {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return new Map(lines.map((line) => {
    const [, , local = "", peer = ""] = line.trim().split(/\s+/);
    const [, segments = "0"] = / data_segs_out:(\d+)/.exec(line) ?? [];
    return [`${local} ${peer}`, Number(segments)];
  }));
}

/** How many were sent since `before`, on connections that are still there. */
export function sentSince(before: SentSegments, now: SentSegments): number {
  return [...now].reduce((sum, [ends, segments]) => sum + segments - (before.get(ends) ?? 0), 0);
}
