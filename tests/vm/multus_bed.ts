/** Two nodes on a trunk, each with an agent and Multus as its CNI plugin, and an API server that both know. */
import { dirname } from "node:path";
import { withNetns } from "../../net/host/mod.ts";
import { pods } from "../../crd/core/mod.ts";
import { serve as relayConnection } from "../../scripts/cluster/proxy.ts";
import { PATIENCE_MS } from "../e2e/patience.ts";
import { type CniAnswer, CniRuntime } from "../shared/cni_runtime.ts";
import { buildForTests } from "../shared/executable.ts";
import type { LanNode } from "../shared/lan.ts";
import { installPrograms } from "../shared/plugin_folder.ts";
import { type Machine, MAIN_PLUGINS, Stage } from "../shared/stage.ts";
import { type Families, networkName, segments } from "./chain_networks.ts";
import { createNetworks, serverOf, warmUp } from "./multus_objects.ts";
import { wireTrunk } from "./trunk.ts";

/** What a Pod is to be. */
export interface MultusPodWish {
  readonly name: string;
  /** Number of the node. */
  readonly node: 0 | 1;
  readonly first: Families;
  /** Whether the first network is that of nodes, which takes no annotation. @default false */
  readonly isClusterNetwork?: boolean;
  readonly second: Families;
}

/** A Pod that was created. */
export interface MultusPod extends MultusPodWish {
  readonly uid: string;
  /** Path of its network namespace. */
  readonly netns: string;
}

/** The network of Pods that name none. */
export const CLUSTER_NETWORK: Families = "v4";

const NAMESPACE = "default";

/** Closing it removes everything. */
export class MultusBed implements AsyncDisposable {
  readonly #resources = new AsyncDisposableStack();
  readonly #runtimes: CniRuntime[] = [];
  readonly #stage: Stage;
  readonly #api: URL;

  private constructor(stage: Stage) {
    this.#stage = this.#resources.use(stage);
    this.#api = serverOf(stage.kubeconfig);
  }

  /** @param multus path of the program */
  static async build(multus: string): Promise<MultusBed> {
    const pluginFolder = await installPrograms();
    for (const name of ["ifacer", "coordinator"]) await buildForTests(name);
    const prefix = `spmultus${Deno.pid}`;
    const stage = await Stage.build({
      prefix,
      machines: ["a", "b"],
      pluginFolder,
      manifest: "manifests/examples/demo.yaml",
      say: () => undefined,
    });
    const bed = new MultusBed(stage);
    try {
      wireTrunk(stage.lan.nodes, `${prefix}-lan`);
      await createNetworks(stage, bed.#api);
      for (const [i, machine] of stage.machines.entries()) {
        await bed.#equip(machine, { node: bed.nodes[i], pluginFolder, multus });
      }
      await warmUp(bed.#api);
      return bed;
    } catch (err) {
      await bed[Symbol.asyncDispose]();
      throw err;
    }
  }

  /** The nodes, in order. */
  get nodes(): readonly LanNode[] {
    return this.#stage.lan.nodes;
  }

  /** The machines, their pools and Pods. */
  get stage(): Stage {
    return this.#stage;
  }

  /** Creates a Pod and has Multus add it. */
  async add(wish: MultusPodWish): Promise<{ readonly pod: MultusPod; readonly answer: CniAnswer }> {
    const { name, node } = wish;
    const created = await this.#stage.client(pods).create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: NAMESPACE, annotations: annotationsOf(wish) },
      spec: { nodeName: this.nodes[node]?.name ?? "", containers: [{ name: "app", image: "app" }] },
    });
    const pod = { ...wish, uid: created.metadata.uid ?? "", netns: this.#stage.lan.addPod(name) };
    return { pod, answer: await this.#addPatiently(pod) };
  }

  /**
   * Multus gives the API server a quarter of a second for the Pod's object, then fails before it has done anything. A busy
   * machine with an emulated processor needs longer: like a kubelet this tries again.
   */
  async #addPatiently(pod: MultusPod): Promise<CniAnswer> {
    const untilMs = performance.now() + PATIENCE_MS;
    while (true) {
      const answer = await this.#call(pod, "ADD");
      const isTooSlow = answer.result?.msg?.includes("error waiting for pod") ?? false;
      if (!isTooSlow || performance.now() > untilMs) return answer;
    }
  }

  /** Deletes a Pod as Kubernetes does, but for its namespace: the object is marked, Multus removes it, the object goes. */
  async remove(pod: MultusPod): Promise<CniAnswer> {
    const key = { namespace: NAMESPACE, name: pod.name };
    await this.#stage.client(pods).delete(key, { gracePeriodSeconds: 30 });
    const answer = await this.#call(pod, "DEL");
    await this.#stage.client(pods).delete(key, { gracePeriodSeconds: 0 });
    return answer;
  }

  async #call(pod: MultusPod, command: "ADD" | "DEL"): Promise<CniAnswer> {
    const { name, uid, netns } = pod;
    const runtime = this.#runtimes[pod.node];
    if (runtime === undefined) throw new RangeError(`Cannot call Multus: there is no node ${pod.node}`);
    const conf = {
      cniVersion: "1.0.0",
      name: "multus",
      type: "multus",
      clusterNetwork: networkName(segments[0], CLUSTER_NETWORK),
      kubeconfig: this.#stage.kubeconfig,
      multusNamespace: "kube-system",
      cniDir: `${this.#stage.folder}/multus-${pod.node}`,
      logFile: `${this.#stage.folder}/multus-${pod.node}.log`,
      logLevel: "error",
    };
    const containerId = `${name}-sandbox`;
    return await runtime.call(conf, {
      command,
      containerId,
      netns,
      ifname: "eth0",
      pod: { namespace: NAMESPACE, name, uid },
    });
  }

  /** Leads the API into the node's network, and starts Multus there with the agent's folder where plugins look for it. */
  async #equip(
    { agent }: Machine,
    { node, pluginFolder, multus }: { node: LanNode | undefined; pluginFolder: string; multus: string },
  ): Promise<void> {
    if (node === undefined) throw new RangeError("Cannot equip a node: it has no network");
    this.#resources.use(this.#relay(node));
    const folder = dirname(agent.socket);
    const bin = `${folder}/bin`;
    await Deno.mkdir(bin);
    await Deno.mkdir("/run/spidernet", { recursive: true });
    const script =
      `#!/bin/sh\nexec unshare -m sh -c 'mount --bind "$1" /run/spidernet && exec "$2"' sh ${folder} ${multus}\n`;
    await Deno.writeTextFile(`${bin}/multus`, script, { mode: 0o755 });
    this.#runtimes.push(new CniRuntime(node, { pluginFolders: [bin, pluginFolder, MAIN_PLUGINS] }));
  }

  #relay({ netns }: LanNode): Disposable {
    const { hostname, port } = this.#api;
    const listener = withNetns(`/var/run/netns/${netns}`, () => Deno.listen({ hostname, port: Number(port) }));
    void (async () => {
      for await (const client of listener) void relayConnection(client, { hostname, port: Number(port) });
    })();
    return listener;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** Source: Multus, `docs/configuration.md`; Network Custom Resource Definition De-facto Standard, version 1.3, §4. */
function annotationsOf({ first, isClusterNetwork, second }: MultusPodWish): Record<string, string> {
  const further = { "k8s.v1.cni.cncf.io/networks": `kube-system/${networkName(segments[1], second)}` };
  if (isClusterNetwork) return further;
  return { ...further, "v1.multus-cni.io/default-network": `kube-system/${networkName(segments[0], first)}` };
}
