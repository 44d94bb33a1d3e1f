/**
 * The controllers a real cluster runs beside the API server, as far as objects would otherwise never go: owner garbage
 * collection, deletion of a namespace's content, deletion of a definition's objects. They run in microtasks after a write.
 */
import { type Core, definitionOf } from "./core.ts";
import { deleteObject, type DeleteOptions, isOwnedBy } from "./delete.ts";
import { CRD_CLEANUP } from "./delete_plan.ts";
import { arrayOr, isObject, stringOf } from "./json.ts";
import { type ApiObject, finalizersOf, metaString, withField, withMeta } from "./object.ts";
import { isFinished } from "./prepare.ts";
import type { Resource } from "./resource.ts";
import { ApiError } from "./status.ts";
import { keyOf, type StoreEvent } from "./store.ts";
import type { StoredVersion } from "./version.ts";

interface Item {
  readonly resource: Resource;
  readonly object: ApiObject;
}

/** Starts the controllers. @returns a function that stops them */
export function startControllers(core: Core): () => void {
  return new Controllers(core).start();
}

class Controllers {
  readonly #core: Core;
  /** Objects to look at, by UID: never twice, in order. */
  readonly #queue = new Map<string, Item>();
  /** UIDs of existing objects. */
  readonly #live = new Map<string, Item>();
  /** Dependents by owner UID, then by their own UID. */
  readonly #dependents = new Map<string, Map<string, Item>>();
  #running = false;

  constructor(core: Core) {
    this.#core = core;
  }

  start(): () => void {
    return this.#core.store.subscribe((event) => this.#observe(event));
  }

  #observe({ resource, change: { previous, current } }: StoreEvent): void {
    if (previous !== undefined) this.#forget(previous.object);
    if (current !== undefined) this.#learn({ resource, object: current.object });
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
      const item = this.#live.get(owner);
      if (item !== undefined) this.#queue.set(owner, item);
    }
  }

  /** Most writes concern nobody: skipping them here keeps the simulator fast. */
  #concerns({ object, resource }: Item, current: StoredVersion | undefined): boolean {
    if (current === undefined) {
      return this.#dependents.has(object.metadata.uid) || object.metadata.ownerReferences !== undefined ||
        this.#terminatingNamespace(object) !== undefined || resource.custom;
    }
    return object.metadata.ownerReferences !== undefined || object.metadata.deletionTimestamp !== undefined ||
      this.#dependents.has(object.metadata.uid);
  }

  #learn(item: Item): void {
    const { uid } = item.object.metadata;
    this.#live.set(uid, item);
    for (const owner of ownersOf(item.object)) {
      const dependents = this.#dependents.get(owner) ?? new Map<string, Item>();
      this.#dependents.set(owner, dependents.set(uid, item));
    }
  }

  #forget(object: ApiObject): void {
    const { uid } = object.metadata;
    this.#live.delete(uid);
    for (const owner of ownersOf(object)) {
      const dependents = this.#dependents.get(owner);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner);
    }
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
    const current = this.#live.get(item.object.metadata.uid);
    if (current === undefined) return this.#workGone(item);
    if (current.object.metadata.deletionTimestamp !== undefined) return await this.#workTerminating(current);
    await this.#workOwned(current);
  }

  /** Source: kubernetes, `garbagecollector.go`, `attemptToDeleteItem`. */
  async #workOwned(item: Item): Promise<void> {
    const owners = this.#classifyOwners(item);
    if (owners === undefined) return;
    const { solid, dangling, waiting } = owners;
    const useless = [...dangling, ...waiting];
    if (solid > 0) return useless.length === 0 ? undefined : this.#disown(item, useless);
    if (useless.length === 0) return;
    const hasDependents = this.#dependents.has(item.object.metadata.uid);
    const policy = waiting.length > 0 && hasDependents ? "Foreground" : ownPolicy(item.object);
    await this.#delete(item, { policy });
  }

  /** UIDs of owners that are gone, or wait for this object to go; `undefined` if an owner cannot be judged. */
  #classifyOwners({ resource, object }: Item): { solid: number; dangling: string[]; waiting: string[] } | undefined {
    const result = { solid: 0, dangling: [] as string[], waiting: [] as string[] };
    for (const { apiVersion, kind, name, uid } of arrayOr(object.metadata.ownerReferences).filter(isObject)) {
      const type = this.#core.registry.findKind({ apiVersion: String(apiVersion), kind: String(kind) });
      if (type === undefined || (type.namespaced && !resource.namespaced)) return undefined;
      const owner = this.#live.get(String(uid))?.object;
      const isThere = owner !== undefined && owner.metadata.name === name &&
        (!type.namespaced || metaString(owner, "namespace") === metaString(object, "namespace"));
      if (!isThere) result.dangling.push(String(uid));
      else if (deletesDependents(owner)) result.waiting.push(String(uid));
      else result.solid++;
    }
    return result;
  }

  #workGone({ resource, object }: Item): void {
    for (const dependent of this.#dependents.get(object.metadata.uid)?.values() ?? []) {
      this.#queue.set(dependent.object.metadata.uid, dependent);
    }
    for (const owner of ownersOf(object)) {
      const item = this.#live.get(owner);
      if (item?.object.metadata.deletionTimestamp !== undefined) this.#queue.set(owner, item);
    }
    const namespace = this.#terminatingNamespace(object);
    if (namespace !== undefined) this.#queue.set(namespace.object.metadata.uid, namespace);
    const definition = resource.custom ? definitionOf(this.#core, resource) : undefined;
    const item = definition && this.#live.get(definition.object.metadata.uid);
    if (item?.object.metadata.deletionTimestamp !== undefined) this.#queue.set(item.object.metadata.uid, item);
  }

  async #workTerminating(item: Item): Promise<void> {
    const finalizers = finalizersOf(item.object);
    const dependents = [...this.#dependents.get(item.object.metadata.uid)?.values() ?? []];
    if (item.resource.group === "" && item.resource.kind === "Namespace") return await this.#emptyNamespace(item);
    if (finalizers.includes(CRD_CLEANUP)) return await this.#emptyDefinition(item);
    if (finalizers.includes("orphan")) {
      for (const dependent of dependents) this.#disown(dependent, [item.object.metadata.uid]);
      return this.#dropFinalizer(item, "orphan");
    }
    if (!finalizers.includes("foregroundDeletion")) return;
    for (const dependent of dependents) {
      if (dependent.object.metadata.deletionTimestamp === undefined) await this.#workOwned(dependent);
    }
    const blocking = [...this.#dependents.get(item.object.metadata.uid)?.values() ?? []];
    if (!blocking.some(({ object }) => blocksOwner(object, item.object.metadata.uid))) {
      this.#dropFinalizer(item, "foregroundDeletion");
    }
  }

  async #emptyNamespace(item: Item): Promise<void> {
    const content = [...this.#live.values()].filter(({ object }) =>
      metaString(object, "namespace") === item.object.metadata.name
    );
    for (const entry of content) {
      if (entry.object.metadata.deletionTimestamp === undefined) await this.#delete(entry, { gracePeriodSeconds: 0 });
      else if (entry.resource.kind === "Pod") await this.#delete(entry, { gracePeriodSeconds: 0 }); // there is no kubelet to finish it
    }
    const isEmpty = ![...this.#live.values()].some(({ object }) =>
      metaString(object, "namespace") === item.object.metadata.name
    );
    if (isEmpty) this.#store(item, withField(this.#fresh(item).object, "spec", {}));
  }

  /** Deletes the objects of a definition; the last of them brings it back here. */
  async #emptyDefinition(item: Item): Promise<void> {
    const spec = isObject(item.object.spec) ? item.object.spec : {};
    const names = isObject(spec.names) ? spec.names : {};
    const storage = `${stringOf(spec.group)}/${stringOf(names.plural)}`;
    const instances = () => [...this.#live.values()].filter(({ resource }) => resource.storage === storage);
    for (const instance of instances()) {
      if (instance.object.metadata.deletionTimestamp === undefined) await this.#delete(instance, {});
    }
    if (instances().length === 0) this.#dropFinalizer(item, CRD_CLEANUP);
  }

  #terminatingNamespace(object: ApiObject): Item | undefined {
    const name = metaString(object, "namespace");
    const resource = this.#core.registry.find({ group: "", version: "v1", plural: "namespaces" });
    const version = name === undefined || resource === undefined ? undefined : this.#core.store.get(resource, { name });
    if (version?.object.metadata.deletionTimestamp === undefined || resource === undefined) return undefined;
    return { resource, object: version.object };
  }

  #fresh(item: Item): Item {
    return this.#live.get(item.object.metadata.uid) ?? item;
  }

  async #delete(
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

  #disown(item: Item, ownerUids: readonly string[]): void {
    const { object } = this.#fresh(item);
    const owners = arrayOr(object.metadata.ownerReferences).filter((owner) =>
      isObject(owner) && !ownerUids.includes(String(owner.uid))
    );
    this.#store(item, withMeta(object, { ownerReferences: owners.length === 0 ? undefined : owners }));
  }

  #dropFinalizer(item: Item, finalizer: string): void {
    const { object } = this.#fresh(item);
    const left = finalizersOf(object).filter((other) => other !== finalizer);
    this.#store(item, withMeta(object, { finalizers: left.length === 0 ? undefined : left }));
  }

  #store({ resource, object: { metadata } }: Item, next: ApiObject): void {
    if (this.#core.store.get(resource, keyOf(next))?.object.metadata.uid !== metadata.uid) return;
    if (isFinished(next)) this.#core.store.remove(resource, keyOf(next));
    else this.#core.store.put(resource, next);
  }
}

type Policy = NonNullable<DeleteOptions["propagationPolicy"]>;

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

function ownersOf(object: ApiObject): string[] {
  return arrayOr(object.metadata.ownerReferences).flatMap((owner) => {
    const uid = isObject(owner) ? stringOf(owner.uid) : undefined;
    return uid === undefined ? [] : [uid];
  });
}

function blocksOwner(object: ApiObject, ownerUid: string): boolean {
  return isOwnedBy(object, ownerUid) &&
    arrayOr(object.metadata.ownerReferences).some((owner) =>
      isObject(owner) && owner.uid === ownerUid && owner.blockOwnerDeletion === true
    );
}
