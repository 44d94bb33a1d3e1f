/** Bodies that several suites use. */
import type { ApiUnderTest } from "./api_under_test.ts";

/** Group and version of the project's Kinds. */
export const spiderpoolVersion = "spiderpool.spidernet.io/v2beta1";
/** Path of the pools. */
export const poolsPath = `/apis/${spiderpoolVersion}/spiderippools`;

/** A pool named `<prefix>-<name>`. */
export function pool(api: ApiUnderTest, name: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiVersion: spiderpoolVersion,
    kind: "SpiderIPPool",
    metadata: { name: `${api.prefix}-${name}` },
    spec: { subnet: "10.0.0.0/24" },
    ...rest,
  };
}

/** Path of a pool made by {@linkcode pool}. */
export function poolPath(api: ApiUnderTest, name: string): string {
  return `${poolsPath}/${api.prefix}-${name}`;
}

/** Path of a namespaced core resource in the test's namespace. */
export function corePath(api: ApiUnderTest, plural: string): string {
  return `/api/v1/namespaces/${api.namespace}/${plural}`;
}

/** A ConfigMap. */
export function configMap(name: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, ...rest };
}

/**
 * A Pod on a node that is not there. A real cluster deletes such Pods at any moment once it has missed the node for 40 s:
 * each has one of its own, whose name was never missed before.
 */
export function pod(name: string, { node = newNode() }: { node?: string } = {}): Record<string, unknown> {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { nodeName: node, containers: [{ name: "main", image: "busybox" }] },
  };
}

/** Name of a node that is not there, and never was. */
export function newNode(): string {
  return `node-${crypto.randomUUID().slice(0, 8)}`;
}
