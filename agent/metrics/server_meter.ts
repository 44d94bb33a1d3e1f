import type { ServerLoad } from "../server/mod.ts";
import type { InstrumentsOf } from "./instruments.ts";
import type { serverRows } from "./state_rows.ts";

/** Servers of the agent: for plugins on the socket, for the kubelet's probes, for scrapes, and for other agents. */
export type ServerName = "plugins" | "probes" | "metrics" | "peers";

/** Makes the look before each scrape that shows how full `server` is. */
export function serverLook(
  instruments: InstrumentsOf<typeof serverRows>,
  { server, load }: { readonly server: ServerName; readonly load: () => ServerLoad },
): () => void {
  const labels = { server };
  let evictedBefore = 0;
  return function look() {
    const { connections, waiting, evicted, largeBodyBytes } = load();
    instruments.connections.set(labels, connections);
    instruments.waiting.set(labels, waiting);
    instruments.evicted.add(labels, evicted - evictedBefore);
    instruments.largeBodies.set(labels, largeBodyBytes);
    evictedBefore = evicted;
  };
}
