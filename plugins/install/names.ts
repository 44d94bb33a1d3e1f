/** The plugins that belong into the CNI folder of every node. */
export const shippedPlugins: readonly string[] = ["spiderpool", "coordinator", "ifacer"];

/** Folder beside the launchers that has Deno and the bundles; plugins that are one file each have none. */
export const libraryFolder = "spiderpool-lib";

/** File in the folder of a build that lists its files, as `sha256sum --check` reads it. */
export const checksumsFile = "SHA256SUMS";
