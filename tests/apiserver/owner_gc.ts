/** Garbage collection of objects by their owners. Source: kubernetes, `garbagecollector.go`. */
import type { Core } from "./core.ts";
import { isOwnedBy } from "./delete.ts";
import type { GcWrites, Policy } from "./gc_writes.ts";
import { arrayOr, isObject } from "./json.ts";
import { type ApiObject, finalizersOf, metaString } from "./object.ts";
import type { Item, OwnerGraph } from "./owner_graph.ts";

/** How the owners of an object stand. */
interface Owners {
  /** How many are there to stay. */
  readonly solid: number;
  /** UIDs of those that are gone. */
  readonly dangling: readonly string[];
  /** UIDs of those that wait for the object to go. */
  readonly waiting: readonly string[];
}

/** Ends objects whose owners are gone, and owners that wait for their dependents. */
export class OwnerGc {
  readonly #core: Core;
  readonly #graph: OwnerGraph;
  readonly #writes: GcWrites;

  constructor({ core, graph, writes }: { core: Core; graph: OwnerGraph; writes: GcWrites }) {
    this.#core = core;
    this.#graph = graph;
    this.#writes = writes;
  }

  /** Deletes an object that no owner keeps. Source: `attemptToDeleteItem`. */
  async workOwned(item: Item): Promise<void> {
    const owners = this.#classifyOwners(item);
    if (owners === undefined) return;
    const { solid, dangling, waiting } = owners;
    const useless = [...dangling, ...waiting];
    if (solid > 0) return useless.length === 0 ? undefined : this.#writes.disown(item, useless);
    if (useless.length === 0) return;
    const hasDependents = this.#graph.hasDependents(item.object.metadata.uid);
    const policy = waiting.length > 0 && hasDependents ? "Foreground" : ownPolicy(item.object);
    await this.#writes.delete(item, { policy });
  }

  /** UIDs of owners that are gone, or wait for this object to go; `undefined` if an owner cannot be judged. */
  #classifyOwners({ resource, object }: Item): Owners | undefined {
    const result = { solid: 0, dangling: [] as string[], waiting: [] as string[] };
    for (const { apiVersion, kind, name, uid } of arrayOr(object.metadata.ownerReferences).filter(isObject)) {
      const type = this.#core.registry.findKind({ apiVersion: String(apiVersion), kind: String(kind) });
      if (type === undefined || (type.namespaced && !resource.namespaced)) return undefined;
      const owner = this.#graph.get(String(uid))?.object;
      const isThere = owner !== undefined && owner.metadata.name === name &&
        (!type.namespaced || metaString(owner, "namespace") === metaString(object, "namespace"));
      if (!isThere) result.dangling.push(String(uid));
      else if (deletesDependents(owner)) result.waiting.push(String(uid));
      else result.solid++;
    }
    return result;
  }

  /** Takes the next step of an object that is being deleted, as its finalizers say. */
  async workTerminating(item: Item): Promise<void> {
    const { uid } = item.object.metadata;
    const finalizers = finalizersOf(item.object);
    if (finalizers.includes("orphan")) return this.#orphan(item);
    if (!finalizers.includes("foregroundDeletion")) return;
    for (const dependent of this.#graph.dependentsOf(uid)) {
      if (dependent.object.metadata.deletionTimestamp === undefined) await this.workOwned(dependent);
    }
    if (!this.#graph.dependentsOf(uid).some(({ object }) => blocksOwner(object, uid))) {
      this.#writes.dropFinalizer(item, "foregroundDeletion");
    }
  }

  #orphan(item: Item): void {
    const { uid } = item.object.metadata;
    for (const dependent of this.#graph.dependentsOf(uid)) this.#writes.disown(dependent, [uid]);
    this.#writes.dropFinalizer(item, "orphan");
  }
}

/** How an object without owners goes: as its finalizers say, in the background otherwise. */
function ownPolicy(object: ApiObject): Policy {
  const finalizers = finalizersOf(object);
  if (finalizers.includes("orphan")) return "Orphan";
  return finalizers.includes("foregroundDeletion") ? "Foreground" : "Background";
}

/** Whether an object goes only after its dependents. */
function deletesDependents(object: ApiObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && finalizersOf(object).includes("foregroundDeletion");
}

function blocksOwner(object: ApiObject, ownerUid: string): boolean {
  return isOwnedBy(object, ownerUid) &&
    arrayOr(object.metadata.ownerReferences).some((owner) =>
      isObject(owner) && owner.uid === ownerUid && owner.blockOwnerDeletion === true
    );
}
