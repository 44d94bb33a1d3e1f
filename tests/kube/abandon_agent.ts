import { objectOr } from "../apiserver/json.ts";
import { jsonCall } from "./call.ts";
import type { PeerAgent, PeerWorld } from "./peer_world.ts";

/** Ends an agent, and leaves its Lease as if it had been killed. */
export async function abandon({ api }: PeerWorld, agent: PeerAgent): Promise<void> {
  const leases = api.snapshot({ group: "coordination.k8s.io", plural: "leases" });
  await agent.stop();
  const lease = leases.find(({ metadata }) => String(metadata.name).endsWith(`-${agent.node}`));
  const { name, labels, annotations } = objectOr(lease?.metadata);
  await jsonCall(api.transport, {
    method: "POST",
    path: "/apis/coordination.k8s.io/v1/namespaces/spiderpool/leases",
    body: { metadata: { name, labels, annotations }, spec: lease?.spec },
  });
}
