import type { Core } from "./core.ts";
import { deleteObject, type DeleteOptions } from "./delete.ts";
import { arrayOr, isObject } from "./json.ts";
import { type ApiObject, finalizersOf, withMeta } from "./object.ts";
import type { Item, OwnerGraph } from "./owner_graph.ts";
import { isFinished } from "./prepare.ts";
import { keyOf } from "./store.ts";

/** What becomes of the dependents of an object that is deleted. */
export type Policy = NonNullable<DeleteOptions["propagationPolicy"]>;

/** What the controllers write: always over the object as it is now. */
export class GcWrites {
  readonly #core: Core;
  readonly #graph: OwnerGraph;

  constructor(core: Core, graph: OwnerGraph) {
    this.#core = core;
    this.#graph = graph;
  }

  /** Deletes an object as a client would. @throws {ApiError} where a client would be refused */
  async delete(
    { resource, object }: Item,
    { gracePeriodSeconds, policy = "Background" }: { gracePeriodSeconds?: number; policy?: Policy },
  ): Promise<void> {
    const { namespace, name } = keyOf(object);
    const options: DeleteOptions = {
      gracePeriodSeconds,
      propagationPolicy: policy,
      uid: object.metadata.uid,
      resourceVersion: undefined,
      dryRun: false,
    };
    const target = {
      resource,
      namespace,
      name,
      subresource: "",
      dryRun: false,
      manager: "gc",
      fieldValidation: "Ignore",
      warnings: [],
    } as const;
    await deleteObject(this.#core, { ...target, warnings: [] }, options);
  }

  /** Takes owners from an object. */
  disown(item: Item, ownerUids: readonly string[]): void {
    const { object } = this.#graph.fresh(item);
    const owners = arrayOr(object.metadata.ownerReferences).filter((owner) =>
      isObject(owner) && !ownerUids.includes(String(owner.uid))
    );
    this.store(item, withMeta(object, { ownerReferences: owners.length === 0 ? undefined : owners }));
  }

  /** Takes a finalizer from an object, which goes with the last one. */
  dropFinalizer(item: Item, finalizer: string): void {
    const { object } = this.#graph.fresh(item);
    const left = finalizersOf(object).filter((other) => other !== finalizer);
    this.store(item, withMeta(object, { finalizers: left.length === 0 ? undefined : left }));
  }

  /** Writes `next` in place of an object, or removes that when nothing holds it any more. */
  store({ resource, object: { metadata } }: Item, next: ApiObject): void {
    if (this.#core.store.get(resource, keyOf(next))?.object.metadata.uid !== metadata.uid) return;
    if (isFinished(next)) this.#core.store.remove(resource, keyOf(next));
    else this.#core.store.put(resource, next);
  }
}
