import { isNotFound, resourceClient } from "../../crd/kube/mod.ts";
import type { TimedDeps } from "./deps.ts";
import { deleteByName } from "./delete_by_name.ts";
import { emptyKinds, ourKinds } from "./empty_kinds.ts";
import { customResourceDefinitions } from "./kinds.ts";
import type { KindSweeper } from "./kind_sweeper.ts";

/** Names of our CustomResourceDefinitions. */
export const ourCrds: readonly string[] = ourKinds.map(({ plural, group }) => `${plural}.${group}`);

/**
 * Deletes our CustomResourceDefinitions and waits until they are gone. A definition goes when its last object has gone:
 * objects that were made meanwhile are swept as well.
 *
 * @throws {KubeApiError} if it may not be done
 * @throws {Error} if some are still there at the deadline
 */
export async function deleteCrds(deps: TimedDeps, sweepers: readonly KindSweeper[]): Promise<void> {
  const { transport, clock, signal } = deps;
  for (const name of ourCrds) await deleteByName(deps, customResourceDefinitions, { name });
  const client = resourceClient(transport, customResourceDefinitions, { clock });
  let left: readonly string[] = ourCrds;

  async function isThere(name: string): Promise<boolean> {
    try {
      await client.getMetadata({ name }, { signal });
      return true;
    } catch (err) {
      return !isNotFound(err); // whatever else: it is not known to be gone
    }
  }

  async function areGone(): Promise<boolean> {
    const there = await Promise.all(left.map(isThere));
    left = left.filter((_, i) => there[i]);
    return left.length === 0;
  }

  await emptyKinds(deps, sweepers, { isDone: areGone });
  if (left.length > 0) throw new Error(`Cannot delete all CustomResourceDefinitions: still there: ${left.join(", ")}`);
}
