import assert from "node:assert/strict";
import { rankNodes } from "./rendezvous.ts";

const nodes = Array.from({ length: 40 }, (_, i) => `node-${i}`);
const pools = Array.from({ length: 2000 }, (_, i) => `pool-${i}`);

Deno.test("rankNodes() does not depend on the order in which nodes are known", () => {
  for (const pool of pools.slice(0, 20)) {
    assert.deepEqual(rankNodes(pool, nodes), rankNodes(pool, nodes.toReversed()));
    assert.deepEqual(rankNodes(pool, nodes).toSorted(), nodes.toSorted());
  }
});

Deno.test("rankNodes() gives every version of the agent the same order", () => {
  const got = ["v4a", "v4b", "v6", "default/x"].map((pool) => rankNodes(pool, ["n1", "n2", "n3"]).join(" "));
  assert.deepEqual(got, ["n2 n1 n3", "n2 n1 n3", "n3 n2 n1", "n1 n2 n3"]);
});

Deno.test("rankNodes() spreads pools over the nodes", () => {
  const wins = new Map(nodes.map((node) => [node, 0]));
  for (const pool of pools) {
    const first = rankNodes(pool, nodes)[0]!;
    wins.set(first, wins.get(first)! + 1);
  }
  const [least, most] = [Math.min(...wins.values()), Math.max(...wins.values())];
  assert.ok(least >= 20 && most <= 90, `${least} to ${most} of 2000 pools, 50 would be even`);
});

Deno.test("rankNodes() moves only the pools that a node had won when it goes", () => {
  const gone = nodes[7]!;
  for (const pool of pools) {
    const before = rankNodes(pool, nodes);
    assert.deepEqual(rankNodes(pool, nodes.filter((node) => node !== gone)), before.filter((node) => node !== gone));
  }
});

for (const few of [[], ["n1"]]) {
  Deno.test(`rankNodes() of ${few.length} nodes`, () => assert.deepEqual(rankNodes("p", few), few));
}
