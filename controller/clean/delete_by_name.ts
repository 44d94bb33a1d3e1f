import { type KubeObject, type ObjectKey, resourceClient, type ResourceType } from "../../crd/kube/mod.ts";
import type { TimedDeps } from "./deps.ts";
import { persist } from "./persist.ts";

/**
 * Deletes one object; it is fine when there is none. Does not wait until it is gone.
 *
 * @throws {KubeApiError} if it may not be deleted
 */
export async function deleteByName(deps: TimedDeps, type: ResourceType<KubeObject>, key: ObjectKey): Promise<void> {
  const { transport, clock, log, signal } = deps;
  const client = resourceClient(transport, type, { clock });
  const done = await persist(deps, async () => {
    await client.delete(key, { propagationPolicy: "Background", signal });
    return true;
  });
  log.info(done === undefined ? "not there" : "deleted", { kind: type.kind, object: key.name });
}
