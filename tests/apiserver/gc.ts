/**
 * The controllers a real cluster runs beside the API server, as far as objects would otherwise never go: owner garbage
 * collection, deletion of a namespace's content, deletion of a definition's objects. They run in microtasks after a write.
 */
import { ApiError } from "./api_error.ts";
import { ContentGc } from "./content_gc.ts";
import { type Core, definitionOf } from "./core.ts";
import { CRD_CLEANUP } from "./delete_plan.ts";
import { GcWrites } from "./gc_writes.ts";
import { type ApiObject, finalizersOf, metaString } from "./object.ts";
import { OwnerGc } from "./owner_gc.ts";
import { type Item, OwnerGraph, ownersOf } from "./owner_graph.ts";
import type { StoreEvent } from "./store.ts";
import type { StoredVersion } from "./version.ts";

/** Starts the controllers. @returns a function that stops them */
export function startControllers(core: Core): () => void {
  return new Controllers(core).start();
}

class Controllers {
  readonly #core: Core;
  readonly #graph = new OwnerGraph();
  readonly #owners: OwnerGc;
  readonly #content: ContentGc;
  /** Objects to look at, by UID: never twice, in order. */
  readonly #queue = new Map<string, Item>();
  #running = false;

  constructor(core: Core) {
    const graph = this.#graph;
    const writes = new GcWrites(core, graph);
    this.#core = core;
    this.#owners = new OwnerGc({ core, graph, writes });
    this.#content = new ContentGc(graph, writes);
  }

  start(): () => void {
    return this.#core.store.subscribe((event) => this.#observe(event));
  }

  #observe({ resource, change: { previous, current } }: StoreEvent): void {
    if (previous !== undefined) this.#graph.forget(previous.object);
    if (current !== undefined) this.#graph.learn({ resource, object: current.object });
    const object = current?.object ?? previous?.object;
    if (object === undefined || !this.#concerns({ resource, object }, current)) return;
    this.#queue.set(object.metadata.uid, { resource, object });
    if (previous !== undefined && current !== undefined) this.#queueReleased(previous.object, current.object);
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => void this.#drain());
  }

  /** Owners that an object no longer has may have waited for it. */
  #queueReleased(before: ApiObject, after: ApiObject): void {
    const left = ownersOf(after);
    for (const owner of ownersOf(before).filter((uid) => !left.includes(uid))) {
      const item = this.#graph.get(owner);
      if (item !== undefined) this.#queue.set(owner, item);
    }
  }

  /** Most writes concern nobody: skipping them here keeps the simulator fast. */
  #concerns({ object, resource }: Item, current: StoredVersion | undefined): boolean {
    if (current === undefined) {
      return this.#graph.hasDependents(object.metadata.uid) || object.metadata.ownerReferences !== undefined ||
        this.#terminatingNamespace(object) !== undefined || resource.custom;
    }
    return object.metadata.ownerReferences !== undefined || object.metadata.deletionTimestamp !== undefined ||
      this.#graph.hasDependents(object.metadata.uid);
  }

  async #drain(): Promise<void> {
    for (let item = this.#take(); item !== undefined; item = this.#take()) {
      try {
        await this.#work(item);
      } catch (err) {
        // A refusal (a webhook, a write in between) leaves the object; its next change brings it back here.
        if (!(err instanceof ApiError)) throw err;
      }
    }
    this.#running = false;
  }

  #take(): Item | undefined {
    const [first] = this.#queue;
    if (first === undefined) return undefined;
    this.#queue.delete(first[0]);
    return first[1];
  }

  async #work(item: Item): Promise<void> {
    const current = this.#graph.get(item.object.metadata.uid);
    if (current === undefined) return this.#workGone(item);
    if (current.object.metadata.deletionTimestamp !== undefined) return await this.#workTerminating(current);
    await this.#owners.workOwned(current);
  }

  #workGone({ resource, object }: Item): void {
    for (const dependent of this.#graph.dependentsOf(object.metadata.uid)) {
      this.#queue.set(dependent.object.metadata.uid, dependent);
    }
    for (const owner of ownersOf(object)) {
      const item = this.#graph.get(owner);
      if (item?.object.metadata.deletionTimestamp !== undefined) this.#queue.set(owner, item);
    }
    const namespace = this.#terminatingNamespace(object);
    if (namespace !== undefined) this.#queue.set(namespace.object.metadata.uid, namespace);
    const definition = resource.custom ? definitionOf(this.#core, resource) : undefined;
    const item = definition && this.#graph.get(definition.object.metadata.uid);
    if (item?.object.metadata.deletionTimestamp !== undefined) this.#queue.set(item.object.metadata.uid, item);
  }

  async #workTerminating(item: Item): Promise<void> {
    if (item.resource.group === "" && item.resource.kind === "Namespace") {
      return await this.#content.emptyNamespace(item);
    }
    if (finalizersOf(item.object).includes(CRD_CLEANUP)) return await this.#content.emptyDefinition(item);
    await this.#owners.workTerminating(item);
  }

  #terminatingNamespace(object: ApiObject): Item | undefined {
    const name = metaString(object, "namespace");
    const resource = this.#core.registry.find({ group: "", version: "v1", plural: "namespaces" });
    const version = name === undefined || resource === undefined ? undefined : this.#core.store.get(resource, { name });
    if (version?.object.metadata.deletionTimestamp === undefined || resource === undefined) return undefined;
    return { resource, object: version.object };
  }
}
