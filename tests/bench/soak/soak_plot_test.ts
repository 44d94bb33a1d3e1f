import assert from "node:assert/strict";
import type { AgentSample } from "./agent_samples.ts";
import { soakPlot } from "./soak_plot.ts";

function sample(minute: number, changes: Partial<AgentSample> = {}): AgentSample {
  return { atMs: minute * 60_000, node: "node-1", pid: 7, rss: 50e6, anonymous: 20e6, descriptors: 10, ...changes };
}

Deno.test("soakPlot() draws a line for each life of each agent, in both panels, and the deaths", () => {
  const samples = [sample(0), sample(1), sample(2, { pid: 8 }), sample(3, { pid: 8 }), sample(3, { node: "node-2" })];
  const disturbances = [{ atMs: 90_000, kind: "agent", node: 0, awayMs: 0 }] as const;
  const svg = soakPlot({ samples, disturbances, minutes: 5 });
  assert.equal(svg.match(/<polyline/g)?.length, 6);
  assert.equal(svg.match(/opacity="0.6"/g)?.length, 2);
  assert.match(svg, /points="60.0,68.3 216.0,68.3"/); // 50 of 60 MB, at 0 and 1 of 5 minutes
  assert.match(svg, /agent of node-1.*agent of node-2/s);
});

Deno.test("soakPlot() draws empty axes when nothing was seen", () => {
  const svg = soakPlot({ samples: [], disturbances: [], minutes: 1 });
  assert(!svg.includes("polyline") && !svg.includes("NaN") && !svg.includes("Infinity"));
});

Deno.test("soakPlot() is XML with every element closed", () => {
  const svg = soakPlot({ samples: [sample(0)], disturbances: [], minutes: 1 });
  const open = [...svg.matchAll(/<(\w+)[^>]*[^/]>/g)].map(([, name]) => name);
  const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, name]) => name);
  assert.deepEqual(open.sort(), closed.sort());
});
