/** Deletion of what a namespace or a definition contains. */
import { CRD_CLEANUP } from "./delete_plan.ts";
import type { GcWrites } from "./gc_writes.ts";
import { isObject, stringOf } from "./json.ts";
import { metaString, withField } from "./object.ts";
import type { Item, OwnerGraph } from "./owner_graph.ts";

/** Empties containers that are being deleted; the last object that goes brings the container back. */
export class ContentGc {
  readonly #graph: OwnerGraph;
  readonly #writes: GcWrites;

  constructor(graph: OwnerGraph, writes: GcWrites) {
    this.#graph = graph;
    this.#writes = writes;
  }

  /** Deletes the objects of a namespace. Pods at once: there is no kubelet to finish them. */
  async emptyNamespace(item: Item): Promise<void> {
    const contentOf = () =>
      this.#graph.filter(({ object }) => metaString(object, "namespace") === item.object.metadata.name);
    for (const entry of contentOf()) {
      const isLeaving = entry.object.metadata.deletionTimestamp !== undefined;
      if (!isLeaving || entry.resource.kind === "Pod") await this.#writes.delete(entry, { gracePeriodSeconds: 0 });
    }
    if (contentOf().length > 0) return;
    this.#writes.store(item, withField(this.#graph.fresh(item).object, "spec", {}));
  }

  /** Deletes the objects of a definition. */
  async emptyDefinition(item: Item): Promise<void> {
    const spec = isObject(item.object.spec) ? item.object.spec : {};
    const names = isObject(spec.names) ? spec.names : {};
    const storage = `${stringOf(spec.group)}/${stringOf(names.plural)}`;
    const instances = () => this.#graph.filter(({ resource }) => resource.storage === storage);
    for (const instance of instances()) {
      if (instance.object.metadata.deletionTimestamp === undefined) await this.#writes.delete(instance, {});
    }
    if (instances().length === 0) this.#writes.dropFinalizer(item, CRD_CLEANUP);
  }
}
