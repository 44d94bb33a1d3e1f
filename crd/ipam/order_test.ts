import assert from "node:assert/strict";
import { orderPools } from "./order.ts";
import { pool } from "./plan_fixture.ts";

Deno.test("orderPools() ranks by the most telling field, equals as listed", () => {
  const subnet = "10.0.0.0/24";
  const pools = [
    pool("plain", { subnet, nodeName: [], multusName: [] }),
    pool("multus", { subnet, multusName: ["a/b"] }),
    pool("nsAffinity", { subnet, namespaceAffinity: {} }),
    pool("nsName", { subnet, namespaceName: ["x"] }),
    pool("nodeAffinity", { subnet, nodeAffinity: {} }),
    pool("nodeName", { subnet, nodeName: ["n"] }),
    pool("pod", { subnet, podAffinity: {} }),
    pool("pod+multus", { subnet, podAffinity: {}, multusName: ["a/b"] }),
    pool("pod again", { subnet, podAffinity: {} }),
    pool("all but pod", {
      subnet,
      nodeName: ["n"],
      nodeAffinity: {},
      namespaceName: ["x"],
      namespaceAffinity: {},
      multusName: ["a/b"],
    }),
  ];
  const ordered = orderPools(pools, ["gone", ...pools.map(({ metadata }) => metadata.name)]);
  assert.deepEqual(ordered.map(({ name }) => name), [
    "pod+multus",
    "pod",
    "pod again",
    "all but pod",
    "nodeName",
    "nodeAffinity",
    "nsName",
    "nsAffinity",
    "multus",
    "plain",
  ]);
  assert.deepEqual(ordered[0]?.preferences, ["podAffinity", "multusName"]);
  assert.equal(ordered[9]?.position, 1);
});
