/** Modules of the kernel: which ones there are, and what each needs loaded before it. */

/** What the virtual machine loads: its devices, then what the tests are about. */
export const wantedModules: readonly string[] = [
  "virtio_pci",
  "virtio_console",
  "veth",
  "bridge",
  "macvlan",
  "macvtap",
  "ipvlan",
  "ipvtap",
  "8021q",
  "bonding",
  "dummy",
  "vrf",
  "nf_tables",
  "nf_conntrack",
  "nft_ct",
];

/**
 * Names the modules that a module says it needs, from the section `.modinfo` of its object file: `depends=a,b`, ended by
 * NUL. Like `modinfo -F depends`.
 *
 * @throws {Error} if it says nothing, as what is no module does
 */
export function dependenciesOf(name: string, object: Uint8Array): string[] {
  const text = new TextDecoder("latin1").decode(object);
  const [, list] = /(?:^|\0)depends=([\w,-]*)\0/.exec(text) ?? [];
  if (list === undefined) throw new Error(`Cannot use kernel module "${name}": it does not say what it depends on`);
  return list.split(",").filter((dependency) => dependency !== "");
}

/** The modules of a kernel. */
export interface ModuleSource {
  /** Whether it is part of the kernel itself. */
  isBuiltIn(name: string): boolean;
  /** @throws {Error} if there is no such module */
  dependencies(name: string): readonly string[];
}

/**
 * Puts `names` and all they need into an order in which insmod(8) takes them; what is built in is left out.
 *
 * @throws {Error} if a module is missing, or needs itself
 */
export function loadOrder(names: readonly string[], source: ModuleSource): string[] {
  const order = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (order.has(name) || source.isBuiltIn(name)) return;
    if (path.includes(name)) throw new Error(`Cannot load kernel module "${name}": it needs itself by ${path.join()}`);
    for (const dependency of source.dependencies(name)) visit(moduleName(dependency), [...path, name]);
    order.add(name);
  };
  for (const name of names) visit(moduleName(name), []);
  return [...order];
}

/** The name as the kernel writes it: a module's file may have hyphens where it has underscores. */
export function moduleName(name: string): string {
  return name.replaceAll("-", "_");
}
