import type { Resource } from "./resource.ts";

/** The resources the server serves right now. */
export class Registry {
  readonly #byPath = new Map<string, Resource>();
  #all: readonly Resource[] | undefined;
  readonly #builtin: readonly Resource[];

  constructor(builtin: readonly Resource[]) {
    this.#builtin = builtin;
    for (const resource of builtin) this.install(resource);
  }

  /** Adds a resource or replaces the one of the same path. */
  install(resource: Resource): void {
    this.#byPath.set(pathOf(resource), resource);
    this.#all = undefined;
  }

  /** Removes what a CustomResourceDefinition installed. */
  uninstall(names: { group: string; plural: string }): void {
    this.#all = undefined;
    for (const [path, resource] of this.#byPath) {
      if (resource.custom && resource.group === names.group && resource.plural === names.plural) {
        this.#byPath.delete(path);
      }
    }
  }

  /** The resource below `/apis/<group>/<version>/<plural>`. */
  find(names: { group: string; version: string; plural: string }): Resource | undefined {
    return this.#byPath.get(pathOf(names));
  }

  /** A resource whatever its version. */
  findStored(names: { group: string; plural: string }): Resource | undefined {
    return this.all().find((resource) => resource.group === names.group && resource.plural === names.plural);
  }

  /** A resource by the Kind that an object or an owner reference names. */
  findKind(names: { apiVersion: string; kind: string }): Resource | undefined {
    return this.all().find((resource) => resource.apiVersion === names.apiVersion && resource.kind === names.kind);
  }

  /** Whether the server itself brings the group. */
  isBuiltinGroup(group: string): boolean {
    return this.#builtin.some((resource) => resource.group === group);
  }

  /** All resources in the order they were installed. */
  all(): readonly Resource[] {
    return this.#all ??= [...this.#byPath.values()];
  }
}

function pathOf({ group, version, plural }: { group: string; version: string; plural: string }): string {
  return `${group}/${version}/${plural}`;
}
