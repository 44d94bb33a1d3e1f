import {
  isNotFound,
  keyOf,
  type KubeObject,
  type PartialObjectMetadata,
  type ResourceClient,
  resourceClient,
  type ResourceType,
} from "../../crd/kube/mod.ts";
import type { CleanDeps, CleanOptions } from "./deps.ts";
import { inParallel } from "./in_parallel.ts";
import { removeObject } from "./remove_object.ts";
import { describeTrouble, isPassing } from "./trouble.ts";

/** Objects deleted at the same time. */
const PARALLEL = 8;
/** Objects whose names a message holds. */
const MAX_NAMED = 5;

/** Empties one Kind by repeated sweeps: list, delete what is there, take finalizers off. */
export class KindSweeper {
  readonly type: ResourceType<KubeObject>;
  readonly #client: ResourceClient<KubeObject>;
  readonly #deps: CleanDeps;
  readonly #finalizers: CleanOptions["finalizers"];
  /** What is refused for good, by UID of the object or `""` for the Kind. */
  readonly #refused = new Map<string, string>();
  /** What the last sweep found, and why it is still there. */
  #left = new Map<string, string>();
  #trouble: string | undefined;
  #deleted = new Set<string>();

  constructor(type: ResourceType<KubeObject>, deps: CleanDeps, { finalizers }: Pick<CleanOptions, "finalizers">) {
    this.type = type;
    this.#client = resourceClient(deps.transport, type, { clock: deps.clock, fieldManager: "spiderpool-init" });
    this.#deps = deps;
    this.#finalizers = finalizers;
  }

  /** How many objects were told to go. */
  get deleted(): number {
    return this.#deleted.size;
  }

  /** How many objects the last sweep found, without those that are refused for good; -1: nobody knows. */
  get left(): number {
    return this.#trouble === undefined ? this.#left.size : -1;
  }

  /** Counts the objects; 0 when the Kind is not defined. @throws what the API server says */
  async count(): Promise<number> {
    return (await this.#list()).length;
  }

  /** Looks once. Never throws for what another sweep may mend, nor for a refusal: see {@linkcode problems}. */
  async sweep(): Promise<void> {
    this.#deps.signal.throwIfAborted();
    if (this.#refused.has("")) return;
    try {
      const found = (await this.#list()).filter(({ metadata }) => !this.#refused.has(metadata.uid ?? ""));
      this.#trouble = undefined;
      if (found.length > 0 && found.length !== this.#left.size) {
        this.#deps.log.info("deletes objects", { kind: this.type.kind, found: found.length });
      }
      this.#left = new Map(found.map(({ metadata }) => [keyOf(metadata), "deleted, and not gone yet"]));
      await inParallel(found, { limit: PARALLEL, run: (object) => this.#remove(object) });
    } catch (err) {
      this.#deps.signal.throwIfAborted();
      if (isPassing(err)) this.#trouble = describeTrouble(err);
      else this.#refuseKind(describeTrouble(err));
    }
  }

  /** Why the Kind is not empty; nothing when it is. */
  problems(): string[] {
    const { kind } = this.type;
    const refused = firstOf([...this.#refused.values()], `refusals for ${kind}`);
    if (this.#trouble !== undefined) return [...refused, `Cannot delete all of ${kind}: ${this.#trouble}`];
    if (this.#left.size === 0) return refused;
    const named = firstOf([...this.#left].map(([key, reason]) => `${key} (${reason})`), "objects");
    return [...refused, `Cannot delete all of ${kind}: still there: ${named.join(", ")}`];
  }

  #refuseKind(problem: string): void {
    this.#refused.set("", problem);
    this.#left.clear(); // nothing to wait for
    this.#trouble = undefined;
  }

  async #list(): Promise<readonly PartialObjectMetadata[]> {
    try {
      return (await this.#client.listAllMetadata({ signal: this.#deps.signal })).items;
    } catch (err) {
      if (isNotFound(err)) return []; // no definition, no objects
      throw err;
    }
  }

  async #remove({ metadata }: PartialObjectMetadata): Promise<void> {
    const key = keyOf(metadata);
    const { signal, log } = this.#deps;
    try {
      const rest = await removeObject(this.#client, metadata, { finalizers: this.#finalizers, signal });
      this.#deleted.add(metadata.uid ?? key);
      if (rest.length > 0) this.#left.set(key, `held by finalizers of others: ${rest.join(", ")}`);
    } catch (err) {
      signal.throwIfAborted();
      if (isPassing(err)) {
        this.#left.set(key, describeTrouble(err));
        log.debug("looks again", { kind: this.type.kind, object: key, err });
      } else {
        this.#left.delete(key);
        this.#refused.set(metadata.uid ?? key, describeTrouble(err));
      }
    }
  }
}

/** The first of `texts`, and how many more there are. */
function firstOf(texts: readonly string[], what: string): string[] {
  if (texts.length <= MAX_NAMED) return [...texts];
  return [...texts.slice(0, MAX_NAMED), `and ${texts.length - MAX_NAMED} more ${what}`];
}
