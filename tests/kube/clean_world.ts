/** A cluster that is full of objects of our Kinds, and uninstalls of it. */
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import { clean, type CleanDeps, type CleanOptions } from "../../controller/clean/mod.ts";
import { ourKinds } from "../../controller/clean/empty_kinds.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { type Body, Cluster } from "./ipam_cluster.ts";

/** Our finalizer, and our group. */
export const OURS = "spiderpool.spidernet.io";

/** Somebody else's finalizer. */
export const THEIRS = "example.com/keep";

/** Our group and version. */
export const version = "spiderpool.spidernet.io/v2beta1";

/** An uninstall that leaves definitions and finalizers of others. */
export const plain: CleanOptions = { keepCrds: true, finalizers: "ours", timeoutMs: 60_000, agentTimeoutMs: 10_000 };

/** Collection of a Kind, in `ns1` where it has namespaces. */
function pathOf(plural: string): string {
  const kind = ourKinds.find((kind) => kind.plural === plural);
  return `/apis/${version}/${kind?.namespaced ? "namespaces/ns1/" : ""}${plural}`;
}

/** Creates an object of one of our Kinds. */
export async function put(cluster: Cluster, plural: string, metadata: Body): Promise<void> {
  const kind = ourKinds.find((kind) => kind.plural === plural)?.kind;
  await cluster.create(pathOf(plural), { apiVersion: version, kind, metadata });
}

/** Two objects of each Kind with our finalizer, one of them terminating already, and one without. */
export async function putEverything(cluster: Cluster): Promise<void> {
  for (const { plural } of ourKinds) {
    for (const name of ["held", "terminating"]) await put(cluster, plural, { name, finalizers: [OURS] });
    await put(cluster, plural, { name: "free" });
    await cluster.delete(`${pathOf(plural)}/terminating`);
  }
}

/** Names of all objects of our Kinds. */
export function left(cluster: Cluster): string[] {
  return ourKinds.flatMap((kind) => cluster.snapshot(kind).map(({ metadata }) => `${kind.plural}/${metadata.name}`));
}

/** What an uninstall works with. */
export function depsOf(cluster: Cluster, transport: KubeTransport = cluster.transport): CleanDeps {
  const signal = new AbortController().signal;
  return { transport, clock: cluster.clock, random: seededRandom(1), log: silentLog, signal };
}

/** Runs an uninstall to its end. @returns its problems */
export function run(
  cluster: Cluster,
  { transport, ...options }: Partial<CleanOptions> & { transport?: KubeTransport } = {},
): Promise<readonly string[]> {
  return cluster.drive(clean(depsOf(cluster, transport), { ...plain, ...options }));
}

/** A cluster without pools. */
export function startEmpty(): Promise<Cluster> {
  return Cluster.start({ pools: {} });
}

/** The DaemonSet of the agents. */
export const agents = { namespace: "ns1", name: "agent" };
