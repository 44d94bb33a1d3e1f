/** An agent that was told to stop gives its role as committer away at once, and still serves its own node. */
import assert from "node:assert/strict";
import { PeerWorld, until } from "./peer_world.ts";

Deno.test("agent 5: an agent that is to stop hands its role on before its own requests end", async () => {
  const nodes = ["n1", "n2", "n3"];
  await using world = await PeerWorld.start(nodes);
  const agents = await Promise.all(nodes.map((node) => world.agent(node)));
  await until(() => agents.every(({ port }) => port.directory.live().length === nodes.length));
  const addresses = new Set<string>();
  for (const leaving of agents.slice(0, 2)) {
    await leaving.port.handOver();
    const left = agents.slice(agents.indexOf(leaving) + 1);
    await until(() => left.every(({ port }) => !port.directory.live().some(({ node }) => node === leaving.node)));
    assert.ok(world.api.snapshot({ group: "coordination.k8s.io", plural: "leases" }).length === left.length);
    for (const { node, add } of [leaving, ...left]) {
      addresses.add(await add(await world.pod(`${node}-${leaving.node}`, node)));
    }
    await leaving.port.handOver(); // a second time does nothing
  }
  assert.equal(addresses.size, 5);
  assert.ok([...addresses].every((address) => address.startsWith("10.1.")));
});
