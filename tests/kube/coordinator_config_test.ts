/** The agent's answer to the coordinator plugin, from a watch. */
import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import { silentLog } from "../../net/base/log.ts";
import { createCoordinatorService } from "../../agent/coordinator/service.ts";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const kind = { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderCoordinator" };
const path = "/apis/spiderpool.spidernet.io/v2beta1/spidercoordinators";

testIpam("coordinator config: from the object and the Pod, and it follows both", async () => {
  await using cluster = await Cluster.start();
  await cluster.create(path, { ...kind, metadata: { name: "default" }, spec: { podCIDRType: "none" } });
  const status = { phase: "Synced", overlayPodCIDR: ["10.160.0.0/16"], serviceCIDR: ["10.150.0.0/16"] };
  await cluster.patch(`${path}/default/status`, { status });
  const agent = await cluster.agent({});
  await cluster.pod("web", { annotations: { "ipam.spidernet.io/default-route-nic": "net1" } });
  const { clock } = cluster;
  const service = createCoordinatorService({
    transport: agent.connection,
    clock,
    random: seededRandom(1),
    log: silentLog,
    pod: agent.ipam.pod,
  });
  const stop = new AbortController();
  const running = service.run(stop.signal);
  const ask = (podName: string) => cluster.drive(service.config({ podName, podNamespace: "ns1" }, stop.signal));
  try {
    const { mode, overlayPodCIDR, serviceCIDR, podDefaultRouteNIC, hostRuleTable } = await ask("web");
    assert.deepEqual(
      { mode, overlayPodCIDR, serviceCIDR, podDefaultRouteNIC, hostRuleTable },
      {
        mode: "auto",
        overlayPodCIDR: ["10.160.0.0/16"],
        serviceCIDR: ["10.150.0.0/16"],
        podDefaultRouteNIC: "net1",
        hostRuleTable: 500,
      },
    );
    await assert.rejects(ask("nobody"), /failed to get pod ns1\/nobody/);
  } finally {
    stop.abort(new Error("the test ends"));
    await running;
    await agent.stop();
  }
});
