import assert from "node:assert/strict";
import { type AgentSample, memoryOf } from "./agent_samples.ts";
import { growthOf, livesOf } from "./lives.ts";

function sample(atMs: number, changes: Partial<AgentSample> = {}): AgentSample {
  return { atMs, node: "node-1", pid: 7, rss: 80e6, anonymous: 40e6, descriptors: 20, ...changes };
}

Deno.test("livesOf() tells the processes of an agent, and agents, apart", () => {
  const samples = [sample(0), sample(0, { node: "node-2" }), sample(10), sample(20, { pid: 9 })];
  assert.deepEqual(livesOf(samples).map(({ node, pid, samples }) => [node, pid, samples.length]), [
    ["node-1", 7, 2],
    ["node-2", 7, 1],
    ["node-1", 9, 1],
  ]);
});

Deno.test("growthOf() compares the end with the state a minute after the beginning", () => {
  const samples = [30, 60, 90, 120, 150].map((second) => sample(second * 1000, { rss: second }));
  const growth = growthOf({ node: "node-1", pid: 7, samples });
  assert.deepEqual([growth?.first.rss, growth?.last.rss, growth?.minutes], [90, 150, 2]);
});

Deno.test("growthOf() says nothing of a life below two minutes", () => {
  assert.equal(growthOf({ node: "node-1", pid: 7, samples: [sample(0), sample(119_000)] }), undefined);
  assert.equal(growthOf({ node: "node-1", pid: 7, samples: [] }), undefined);
});

Deno.test("memoryOf() reads what the kernel says", () => {
  const status = "Name:\tdeno\nVmRSS:\t   81234 kB\nRssAnon:\t   40000 kB\nRssFile:\t   41234 kB\n";
  assert.deepEqual(memoryOf(status), { rss: 81234 * 1024, anonymous: 40000 * 1024 });
  assert.equal(memoryOf("Name:\tdeno\nState:\tZ (zombie)\n"), undefined);
});
