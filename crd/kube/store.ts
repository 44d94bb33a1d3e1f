/** Objects of one Kind in memory, by key and by index, with notifications. */
import type { KubeObject } from "./contract.ts";
import { keyOf } from "./key.ts";
import { compareResourceVersions } from "./resource_version.ts";
import type { Log } from "../../net/base/log.ts";

/** What a subscriber hears. Objects are shared: never change one. */
export interface StoreListener<T> {
  added?(object: T): void;
  updated?(object: T, previous: T): void;
  /** `object` is the last state known here. */
  deleted?(object: T): void;
}

/** The values of an object in one index: the object is found under each of them. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** A store as its readers see it. Objects are shared: never change one. */
export interface StoreView<T> {
  readonly size: number;
  /** @param key as {@linkcode keyOf} writes it */
  get(key: string): T | undefined;
  /** All objects, in the order of their first arrival. */
  list(): T[];
  /**
   * Objects that index `name` files under `value`.
   *
   * @throws {RangeError} if there is no such index
   */
  byIndex(name: string, value: string): T[];
  /**
   * Tells `listener` `added` for each object that is there, then every change, synchronously and after the change.
   * A listener that throws is logged, the others still hear.
   *
   * @returns ends the subscription
   */
  subscribe(listener: StoreListener<T>): () => void;
  /** Like {@linkcode subscribe} for who only wants keys: a work queue. */
  subscribeKeys(listener: (key: string) => void): () => void;
}

/** Options of {@linkcode Store}. */
export interface StoreOptions<T> {
  readonly log: Log;
  /** Index name to index function. @default none */
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>> | undefined;
}

/** The store itself, with the methods of its one writer, the reflector. */
export class Store<T extends Pick<KubeObject, "metadata">> implements StoreView<T> {
  readonly #log: Log;
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #listeners = new Set<StoreListener<T>>();

  constructor({ log, indexes = {} }: StoreOptions<T>) {
    this.#log = log;
    for (const [name, valuesOf] of Object.entries(indexes)) this.#indexes.set(name, new Index(valuesOf));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`Cannot read index "${name}": the store has no such index`);
    const objects: T[] = [];
    for (const key of index.keysOf(value)) {
      const object = this.#objects.get(key);
      if (object !== undefined) objects.push(object);
    }
    return objects;
  }

  subscribe(listener: StoreListener<T>): () => void {
    const own = bound(listener); // one entry for each call, also for the same listener
    this.#listeners.add(own);
    for (const object of this.list()) this.#tell(own, "added", object, undefined);
    return () => void this.#listeners.delete(own);
  }

  subscribeKeys(listener: (key: string) => void): () => void {
    const tell = (object: T) => listener(keyOf(object.metadata));
    return this.subscribe({ added: tell, updated: tell, deleted: tell });
  }

  /**
   * Takes over a state of one object.
   *
   * @returns `false` if the store has a newer one, or the same; nothing happens then
   */
  put(object: T): boolean {
    const previous = this.#objects.get(keyOf(object.metadata));
    if (previous !== undefined && !isNewer(object, previous)) return false;
    this.#set(object, previous);
    return true;
  }

  /**
   * Forgets one object.
   *
   * @param object its last state: `deleted` is told this one
   * @returns `false` if there is none, or a newer one (created again); nothing happens then
   */
  remove(object: T): boolean {
    const previous = this.#objects.get(keyOf(object.metadata));
    if (previous === undefined || isOlder(object, previous)) return false;
    this.#delete(object);
    return true;
  }

  /** Makes the store hold exactly `objects`, whatever versions it had; objects that are gone are told as deleted. */
  replace(objects: readonly T[]): void {
    const gone = new Map(this.#objects);
    for (const object of objects) {
      const key = keyOf(object.metadata);
      gone.delete(key);
      const previous = this.#objects.get(key);
      if (previous === undefined || !isSame(object, previous)) this.#set(object, previous);
    }
    for (const object of gone.values()) this.#delete(object);
  }

  #set(object: T, previous: T | undefined): void {
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) {
      this.#delete(previous); // another object of the same name: its predecessor's end is told, too
      previous = undefined;
    }
    const key = keyOf(object.metadata);
    this.#objects.set(key, object);
    for (const [name, index] of this.#indexes) index.file(key, this.#valuesOf(name, index, object));
    this.#tellAll(previous === undefined ? "added" : "updated", object, previous);
  }

  #delete(object: T): void {
    const key = keyOf(object.metadata);
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.file(key, []);
    this.#tellAll("deleted", object, undefined);
  }

  #valuesOf(name: string, index: Index<T>, object: T): readonly string[] {
    try {
      return index.valuesOf(object);
    } catch (err) {
      this.#log.error("index function failed", { index: name, object: keyOf(object.metadata), err });
      return [];
    }
  }

  #tellAll(change: keyof StoreListener<T>, object: T, previous: T | undefined): void {
    for (const listener of [...this.#listeners]) this.#tell(listener, change, object, previous);
  }

  #tell(listener: StoreListener<T>, change: keyof StoreListener<T>, object: T, previous: T | undefined): void {
    try {
      if (change === "updated") listener.updated?.(object, previous ?? object);
      else listener[change]?.(object);
    } catch (err) {
      this.#log.error("store listener failed", { change, object: keyOf(object.metadata), err });
    }
  }
}

/** One index: value to keys. Remembers what it filed, so it never depends on an old object staying as it was. */
class Index<T> {
  readonly #keys = new Map<string, Set<string>>();
  readonly #filed = new Map<string, readonly string[]>();

  constructor(readonly valuesOf: IndexFunction<T>) {}

  keysOf(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }

  /** Files `key` under `values` and nothing else. */
  file(key: string, values: readonly string[]): void {
    for (const value of this.#filed.get(key) ?? []) {
      const keys = this.#keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(value);
    }
    if (values.length === 0) this.#filed.delete(key);
    else this.#filed.set(key, [...values]);
    for (const value of values) {
      const keys = this.#keys.get(value);
      if (keys === undefined) this.#keys.set(value, new Set([key]));
      else keys.add(key);
    }
  }
}

function bound<T>(listener: StoreListener<T>): StoreListener<T> {
  return {
    added: (object) => listener.added?.(object),
    updated: (object, previous) => listener.updated?.(object, previous),
    deleted: (object) => listener.deleted?.(object),
  };
}

type Versioned = Pick<KubeObject, "metadata">;

function versionOrder(a: Versioned, b: Versioned): number | undefined {
  return compareResourceVersions(a.metadata.resourceVersion, b.metadata.resourceVersion);
}

/** Versions that cannot be compared count as newer: the server sends them in order. */
function isNewer(object: Versioned, than: Versioned): boolean {
  return (versionOrder(object, than) ?? 1) > 0;
}

function isOlder(object: Versioned, than: Versioned): boolean {
  return (versionOrder(object, than) ?? 0) < 0;
}

function isSame(object: Versioned, as: Versioned): boolean {
  return versionOrder(object, as) === 0;
}
