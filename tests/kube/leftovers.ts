/** What a test leaves on a server that others use after it. */
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { arrayOr, type Json } from "../apiserver/json.ts";
import { type Call, call, pick } from "./call.ts";
import { poolsPath, spiderpoolVersion } from "./objects.ts";

/** The namespace and the start of the names of cluster-scoped objects of one test. */
export interface TestNames {
  readonly namespace: string;
  readonly prefix: string;
}

/** Removes what a test made, whatever holds it. Its namespace goes by itself, soon. */
export async function removeLeftovers(transport: KubeTransport, { namespace, prefix }: TestNames): Promise<void> {
  await removePools(transport, prefix);
  await call(transport, { method: "DELETE", path: `/api/v1/namespaces/${namespace}` });
  await Promise.all(collectionsOf(namespace).map((path) => releaseAll(transport, path)));
}

/** Collections of a namespace in which tests use finalizers. */
function collectionsOf(namespace: string): string[] {
  return [
    `/apis/${spiderpoolVersion}/namespaces/${namespace}/spiderendpoints`,
    `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    `/api/v1/namespaces/${namespace}/configmaps`,
    `/api/v1/namespaces/${namespace}/pods`,
  ];
}

async function removePools(transport: KubeTransport, prefix: string): Promise<void> {
  for (const item of await itemsOf(transport, poolsPath)) {
    const name = String(pick(item, "metadata.name"));
    if (!name.startsWith(prefix)) continue;
    await call(transport, release(`${poolsPath}/${name}`));
    await call(transport, { method: "DELETE", path: `${poolsPath}/${name}` });
  }
}

/** Takes all finalizers off: an object that is deleted, or will be, goes. */
async function releaseAll(transport: KubeTransport, path: string): Promise<void> {
  const held = (await itemsOf(transport, path)).filter((item) => pick(item, "metadata.finalizers") !== undefined);
  for (const item of held) await call(transport, release(`${path}/${String(pick(item, "metadata.name"))}`));
}

/** The request that takes an object's finalizers off. */
export function release(path: string): Call {
  const contentType = "application/merge-patch+json";
  return { method: "PATCH", path, contentType, body: { metadata: { finalizers: null } } };
}

/** Items of a collection; none where it is not served. */
export async function itemsOf(transport: KubeTransport, path: string): Promise<readonly Json[]> {
  return arrayOr(pick((await call(transport, { method: "GET", path })).json, "items"));
}
