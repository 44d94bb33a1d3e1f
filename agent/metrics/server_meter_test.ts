import assert from "node:assert/strict";
import type { ServerLoad } from "../server/mod.ts";
import type { Exposition } from "./exposition_fixture.ts";
import { MeterBench } from "./meter_fixture.ts";

/** Connections, those that wait, those closed for others' sake, bytes of large bodies. */
function valuesOf(seen: Exposition, server: string): (number | undefined)[] {
  const parts = ["connections", "waiting_connections", "evicted_connections_total", "large_body_bytes"];
  return parts.map((part) => seen.value(`spiderpool_server_${part}{server="${server}"}`));
}

Deno.test("AgentMetrics.server() shows how full each server is now, and counts evicted connections once", async () => {
  const bench = await MeterBench.open();
  let load: ServerLoad = { connections: 5, waiting: 3, evicted: 2, largeBodyBytes: 70_000 };
  bench.metrics.server("plugins", { load: () => load });
  bench.metrics.server("probes", { load: () => ({ connections: 1, waiting: 0, evicted: 0, largeBodyBytes: 0 }) });
  const first = await bench.scrape();
  assert.deepEqual(valuesOf(first, "plugins"), [5, 3, 2, 70_000]);
  assert.deepEqual(valuesOf(first, "probes"), [1, 0, 0, 0]);
  assert.deepEqual(valuesOf(await bench.scrape(), "plugins"), [5, 3, 2, 70_000]);
  load = { connections: 0, waiting: 0, evicted: 7, largeBodyBytes: 0 };
  assert.deepEqual(valuesOf(await bench.scrape(), "plugins"), [0, 0, 7, 0]);
});
