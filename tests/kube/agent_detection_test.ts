/** What the plugin is asked to detect, by how the addresses were found: spec/agent.md 10. */
import assert from "node:assert/strict";
import type { IpamAddResponse } from "../../agent/api/mod.ts";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const annotations = { ippool: '{"ipv4":["v4a"]}' };

/** `address conflict gateway` of each address. */
function askedOf({ ips }: IpamAddResponse): string[] {
  return (ips ?? []).map(({ address, enableIPConflictDetection, enableGatewayDetection }) =>
    `${address} ${enableIPConflictDetection ?? false} ${enableGatewayDetection ?? false}`
  );
}

for (const isOn of [true, false]) {
  const words = isOn ? "asks for both checks" : "asks for none";
  const config = { enableIPConflictDetection: isOn, enableGatewayDetection: isOn };
  const asked = [`10.1.0.10/24 ${isOn} ${isOn}`];

  testIpam(`agent rows 10.1, 10.2: a new address, and that of an ADD that comes again, ${words}`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ config });
    const podUID = await cluster.pod("p", { annotations });
    assert.deepEqual(askedOf(await agent.add({ podName: "p", podUID })), asked);
    assert.deepEqual(askedOf(await agent.add({ podName: "p", podUID })), asked);
    assert.deepEqual(askedOf(await agent.add({ podName: "p", podUID, containerID: "c2" })), asked);
  });

  testIpam(`agent row 10.3: a Pod of a StatefulSet that has its address back ${words}`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ config });
    const owner = await cluster.statefulSet("db", { replicas: 1 });
    const first = await cluster.pod("db-0", { annotations, owner });
    await agent.add({ podName: "db-0", podUID: first });
    await cluster.removePod("db-0");
    await agent.del({ podName: "db-0", podUID: first });
    const podUID = await cluster.pod("db-0", { annotations, owner });
    assert.deepEqual(askedOf(await agent.add({ podName: "db-0", podUID, containerID: "c2" })), asked);
  });
}
