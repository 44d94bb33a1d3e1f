/** Reads that a real API server answers from its cache, which hears of its own writes a moment later. */
import type { KubeTransport } from "../../../crd/kube/contract.ts";
import { arrayOr } from "../../apiserver/json.ts";
import { type Call, eventually, jsonCall, pick } from "../../kube/call.ts";

/** Whether a call may be answered from the cache: every read of a version, unless of exactly that. */
export function isFromCache({ method, query = {} }: Call): boolean {
  const { resourceVersion, resourceVersionMatch, watch } = query;
  return method === "GET" && resourceVersion !== undefined && resourceVersionMatch !== "Exact" && watch !== "true";
}

/** Waits until the cache has all that is stored in a collection. */
export async function cacheCaughtUp(transport: KubeTransport, collection: string): Promise<void> {
  await eventually(`the cache has all of ${collection}`, async () => {
    const [stored, cached] = await Promise.all(
      [{}, { resourceVersion: "0" }].map((query) => versionsIn(transport, { method: "GET", path: collection, query })),
    );
    return stored === cached;
  });
}

async function versionsIn(transport: KubeTransport, list: Call): Promise<string> {
  const items = arrayOr(pick(await jsonCall(transport, list), "items"));
  return items.map((item) => `${pick(item, "metadata.uid")} ${pick(item, "metadata.resourceVersion")}`).join();
}
