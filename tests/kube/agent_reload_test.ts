import assert from "node:assert/strict";
import type { IpamAddResponse } from "../../agent/api/mod.ts";
import type { IpamConfig } from "../../agent/ipam/mod.ts";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

/** What the plugin is asked to detect: `conflict gateway`. */
function detectionOf({ ips }: IpamAddResponse): string[] {
  return (ips ?? []).map((ip) => `${ip.enableIPConflictDetection ?? false} ${ip.enableGatewayDetection ?? false}`);
}

testIpam(
  "agent 4: an ADD ends with the settings it began with, the next one has what was taken over meanwhile",
  async () => {
    await using cluster = await Cluster.start();
    let live: Partial<IpamConfig> = { enableIPConflictDetection: false, enableGatewayDetection: false };
    const agent = await cluster.agent({ configNow: () => live });
    const annotations = { ippool: '{"ipv4":["v4a"]}' };
    const first = { podName: "p", podUID: await cluster.pod("p", { annotations }) };
    const second = { podName: "q", podUID: await cluster.pod("q", { annotations }) };
    const adding = agent.startAdd(first);
    live = { enableIPConflictDetection: true, enableGatewayDetection: true };
    assert.deepEqual(detectionOf(await cluster.drive(adding)), ["false false"]);
    assert.deepEqual(detectionOf(await agent.add(second)), ["true true"]);
    live = {};
    assert.deepEqual(detectionOf(await agent.add(first)), ["false false"], "a repeated ADD asks what is wanted now");
  },
);
