import type { KubeTransport } from "../../crd/kube/contract.ts";
import { call, eventually, jsonCall } from "./call.ts";

/**
 * The collector looks for new Kinds only every half minute: waits until it knows ours.
 *
 * @throws {Error} if it does not within 90 s
 */
export async function garbageIsCollected(transport: KubeTransport): Promise<void> {
  const path = "/apis/spiderpool.spidernet.io/v2beta1/spiderippools";
  const pool = (name: string, metadata: Record<string, unknown> = {}) => ({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name, ...metadata },
    spec: { subnet: "10.0.0.0/24" },
  });
  const name = `gc-${crypto.randomUUID().slice(0, 8)}`;
  const uid = crypto.randomUUID();
  const owner = { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderIPPool", name: "nobody", uid };
  await jsonCall(transport, { method: "POST", path, body: pool(name, { ownerReferences: [owner] }) });
  const isGone = async () => (await call(transport, { method: "GET", path: `${path}/${name}` })).status === 404;
  await eventually("owner garbage collection, which knows SpiderIPPools, removes one without its owner", isGone);
}
