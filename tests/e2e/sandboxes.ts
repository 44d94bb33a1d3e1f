/** Sandboxes and containers of a node, read from the bundles that containerd keeps for its runtime. */
import type { Node } from "../../scripts/cluster/mod.ts";

/** Folder of bundles in a node. Source: containerd 1.6, `runtime/v2/README.md`. */
const BUNDLES = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";

/** A task of a node: the sandbox of a Pod, or one of its containers. */
export interface NodeTask {
  readonly podUid: string;
  /** `namespace/name`. */
  readonly pod: string;
  /** `undefined` for the sandbox. */
  readonly container: string | undefined;
  /** As the node sees it; `undefined` until it is created. */
  readonly pid: number | undefined;
  /** Path in the node of the network namespace that was made for the sandbox. */
  readonly netns: string | undefined;
}

/** Lists tasks that are there; one that goes meanwhile is left out. */
export async function tasksOf(node: Node): Promise<NodeTask[]> {
  const folder = node.hostPath(BUNDLES);
  const tasks = [...Deno.readDirSync(folder)].map(({ name }) => readTask(`${folder}/${name}`));
  return (await Promise.all(tasks)).filter((task) => task !== undefined);
}

async function readTask(bundle: string): Promise<NodeTask | undefined> {
  const config = await tryRead(`${bundle}/config.json`);
  if (config === undefined || config === "") return undefined; // just being written, or removed
  const pid = await tryRead(`${bundle}/init.pid`);
  return taskOf(JSON.parse(config), pid === undefined ? undefined : Number(pid));
}

/** The parts of an OCI runtime configuration that are used here. */
interface BundleConfig {
  readonly annotations: Readonly<Record<string, string>>;
  readonly linux: { readonly namespaces: readonly { readonly type: string; readonly path?: string }[] };
}

/** Reads a task from its OCI runtime configuration; annotations are those of containerd's CRI plugin. */
export function taskOf({ annotations, linux }: BundleConfig, pid: number | undefined): NodeTask {
  const of = (name: string) => annotations[`io.kubernetes.cri.${name}`];
  const isSandbox = of("container-type") === "sandbox";
  const netns = linux.namespaces.find(({ type }) => type === "network")?.path;
  return {
    podUid: of("sandbox-uid") ?? "",
    pod: `${of("sandbox-namespace")}/${of("sandbox-name")}`,
    container: isSandbox ? undefined : of("container-name"),
    pid,
    netns: isSandbox ? netns : undefined,
  };
}

async function tryRead(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}
