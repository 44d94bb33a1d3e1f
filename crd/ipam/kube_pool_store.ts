import type { RawWriter, ResourceReader } from "../kube/client_types.ts";
import type { KubeObject } from "../kube/contract.ts";
import { KubeResponseError } from "../kube/errors.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { poolStatusText, type PoolStore } from "./pool_store.ts";

/**
 * {@linkcode PoolStore} over a Kubernetes API: one GET, one metadata-only GET, one PUT that answers metadata only. Each
 * throws a {@linkcode KubeResponseError} for an answer without resourceVersion: a PUT without one would not be fenced.
 */
export function kubePoolStore(pools: ResourceReader<SpiderIPPool> & RawWriter<SpiderIPPool>): PoolStore {
  return {
    async read(name) {
      const pool = await pools.get({ name });
      versionOf(pool);
      return pool;
    },
    async version(name) {
      return versionOf(await pools.getMetadata({ name }));
    },
    async writeStatus(write) {
      const body = poolStatusText(write);
      return versionOf(await pools.replaceRawForMetadata({ name: write.name }, body, { subresource: "status" }));
    },
  };
}

function versionOf({ metadata: { name, resourceVersion = "" } }: KubeObject): string {
  if (resourceVersion === "") {
    throw new KubeResponseError(`a request for IPPool "${name}"`, "it has no metadata.resourceVersion");
  }
  return resourceVersion;
}
