/**
 * The test bed: real Kubernetes on this machine, in namespaces of its own. Nothing of it touches the host's network.
 *
 * @example
 * ```ts ignore
 * const cluster = await Cluster.up({ nodes: 2 }); // takes the running one, if there is one
 * const { stdout } = await cluster.kubectl(["get", "nodes"]);
 * await cluster.restartKubelet(cluster.node("node-1"));
 * await cluster.down();
 * ```
 *
 * @module
 */
export { ApiAccess } from "./api_access.ts";
export { BUSYBOX_IMAGE } from "./busybox.ts";
export { remainsOf } from "./clean.ts";
export { Cluster, type ClusterOptions } from "./cluster.ts";
export type { CommandResult } from "./command.ts";
export { Control, type ControlProgram } from "./control_plane.ts";
export { ControlPlane, type ControlPlaneOptions } from "./control_plane_alone.ts";
export { ForeignClusterError } from "./foreign.ts";
export { clusterPaths, DEFAULT_NAME, nameHere, networks } from "./layout.ts";
export { LockInterruptedError, takeLock } from "./lock.ts";
export { Machine } from "./machine.ts";
export { Node, type NodeProgram } from "./node.ts";
export { type ImageSpec, ociArchive } from "./oci_archive.ts";
export { type TarEntry, tarOf } from "./tar.ts";
export type { Say } from "./steps.ts";
