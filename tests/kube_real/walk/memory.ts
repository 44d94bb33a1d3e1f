/** What a walk knows about the objects it made, in symbols. */
import { arrayOr, isObject, type Json, type JsonObject, objectOr, stringOf } from "../../apiserver/json.ts";
import { type WalkKind, walkKinds } from "./kinds.ts";

/** One name of one Kind. */
export interface Remembered {
  readonly kind: WalkKind;
  readonly name: string;
  /** As last answered, also when it is gone since; absent before the first create. */
  last: JsonObject | undefined;
  /** All its resourceVersions as `{{symbol}}`, oldest first. */
  readonly versions: string[];
}

/** Where a later list goes on. */
export interface OpenPage {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The memory of one walk. */
export class Memory {
  readonly objects: readonly Remembered[];
  /** resourceVersions of lists as `{{symbol}}`, by the path of the list. */
  readonly positions: { readonly path: string; readonly symbol: string }[] = [];
  readonly pages: OpenPage[] = [];
  /** Whether some object has an owner: then controllers write, too. */
  get hasOwners(): boolean {
    return this.objects.some(({ last }) => objectOr(last?.metadata).ownerReferences !== undefined);
  }

  /** Whether some object has the one of that UID as an owner that need not wait for it. */
  hasLooseDependents(owner: Json | undefined): boolean {
    return this.objects.some(({ last }) =>
      arrayOr(objectOr(last?.metadata).ownerReferences).map(objectOr)
        .some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion !== true)
    );
  }

  /** @param prefix begins names of cluster-scoped objects */
  constructor(readonly options: { readonly namespace: string; readonly prefix: string }) {
    this.objects = walkKinds.flatMap((kind) =>
      ["a", "b", "c", "d"].map((name): Remembered => ({
        kind,
        name: kind.namespaced ? name : `${options.prefix}-${name}`,
        last: undefined,
        versions: [],
      }))
    );
  }

  /** Path of a Kind's collection. */
  collection({ collection }: WalkKind): string {
    return collection.replace("<ns>", this.options.namespace);
  }

  /** Path of the collection that `path` is, or is in. */
  collectionOf(path: string): string {
    const found = walkKinds.map((kind) => this.collection(kind)).find((collection) =>
      `${path}/`.startsWith(`${collection}/`)
    );
    if (found === undefined) throw new Error(`Cannot tell the collection of ${path}: the walk has none there`);
    return found;
  }

  /** Path of an object. */
  path({ kind, name }: Remembered): string {
    return `${this.collection(kind)}/${name}`;
  }

  /** Objects that were seen at least once. */
  get seen(): Remembered[] {
    return this.objects.filter(({ last }) => last !== undefined);
  }

  /** Learns from a symbolic answer whatever objects it has. */
  learn(answer: Json): void {
    if (!isObject(answer)) return;
    if (Array.isArray(answer.items)) return answer.items.forEach((item) => this.learn(item));
    const metadata = objectOr(answer.metadata);
    const found = this.objects.find(({ kind, name }) => kind.kind === answer.kind && name === metadata.name);
    if (found === undefined) return;
    found.last = answer;
    const version = stringOf(metadata.resourceVersion);
    if (version?.startsWith("{{") && found.versions.at(-1) !== version) found.versions.push(version);
  }
}
