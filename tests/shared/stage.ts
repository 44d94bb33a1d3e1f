import { parseAllDocuments } from "yaml";
import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import { type Node, nodes, pods } from "../../crd/core/mod.ts";
import { spiderIPPools, spiderReservedIPs } from "../../crd/generated/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { KubeObject, ResourceType } from "../../crd/kube/contract.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { AgentProcess } from "./agent_process.ts";
import { CniRuntime } from "./cni_runtime.ts";
import { agentCommand, tempParent } from "./executable.ts";
import { Lan } from "./lan.ts";

/** Where Debian's containernetworking-plugins puts the main plugins. */
export const MAIN_PLUGINS = "/usr/lib/cni";

/** One machine of a stage: a network namespace, its agent and a CNI runtime. */
export interface Machine {
  readonly name: string;
  readonly agent: AgentProcess;
  readonly runtime: CniRuntime;
}

/** What a {@linkcode Stage} is made of. */
export interface StageOptions {
  /** Begins the names of its network namespaces. */
  readonly prefix: string;
  /** Names of the machines: each is a node with an agent. */
  readonly machines: readonly string[];
  /** Where the launcher of our CNI plugin is. */
  readonly pluginFolder: string;
  /** A manifest of the repository, such as `manifests/examples/demo.yaml`. */
  readonly manifest: string;
  /** Members of the agents' conf.yml. */
  readonly agentConf?: Readonly<Record<string, unknown>>;
  /** Told what is being done. */
  readonly say: (line: string) => void;
}

/** Machines on one network, an embedded API server and real agents. Closing it removes all that it made. */
export class Stage implements AsyncDisposable {
  readonly folder: string;
  readonly #cleanups: (() => unknown)[] = [];
  #kubeconfig = "";
  #api: EmbeddedApi | undefined;
  #lan: Lan | undefined;
  readonly machines: Machine[] = [];

  readonly #say: (line: string) => void;

  private constructor(folder: string, say: (line: string) => void) {
    this.folder = folder;
    this.#say = say;
    this.#cleanups.push(() => Deno.remove(folder, { recursive: true }));
  }

  /** Builds the stage step by step, saying what it does; what was built is removed again if a step fails. */
  static async build(options: StageOptions): Promise<Stage> {
    const stage = new Stage(await Deno.makeTempDir({ prefix: `${options.prefix}-`, ...tempParent() }), options.say);
    try {
      await stage.#startApi(options);
      await stage.#startMachines(options);
    } catch (err) {
      await stage[Symbol.asyncDispose]();
      throw err;
    }
    return stage;
  }

  /** A typed client of the API server. */
  client<T extends KubeObject>(type: ResourceType<T>) {
    if (this.#api === undefined) throw new Error("Cannot reach the API server: it has not been started");
    return resourceClient(this.#api.transport, type, { clock: systemClock });
  }

  /** Path of a kubeconfig for `kubectl`. */
  get kubeconfig(): string {
    return this.#kubeconfig;
  }

  /** The network between the machines. */
  get lan(): Lan {
    if (this.#lan === undefined) throw new Error("Cannot use the network: it has not been made");
    return this.#lan;
  }

  async #startApi({ machines, manifest }: StageOptions): Promise<void> {
    this.#say("• starting a Kubernetes API server (the embedded one) with the CRDs of manifests/00-crds.yaml");
    const crds = await readManifest("../../manifests/00-crds.yaml");
    this.#api = new EmbeddedApi({ clock: systemClock, random: systemRandom, crds });
    const served = await this.#api.serve();
    this.#cleanups.push(() => served.shutdown());
    this.#kubeconfig = `${this.folder}/kubeconfig`;
    await Deno.writeTextFile(this.#kubeconfig, served.kubeconfig(), { mode: 0o600 });
    for (const name of machines) {
      const node: Node = { apiVersion: "v1", kind: "Node", metadata: { name } };
      await this.client(nodes).create(node);
    }
    const objects = await readManifest(`../../${manifest}`);
    this.#say(`• applying ${manifest}: ${objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(", ")}`);
    for (const object of objects) await this.#apply(object);
  }

  async #apply(object: KubeObject): Promise<void> {
    const known: ResourceType<KubeObject>[] = [spiderIPPools, spiderReservedIPs, pods];
    const type = known.find(({ kind }) => kind === object.kind);
    if (type === undefined) throw new Error(`Cannot apply ${object.kind} "${object.metadata.name}": unknown Kind`);
    await this.client(type).create(object);
  }

  async #startMachines({ prefix, machines, pluginFolder, agentConf: conf = {} }: StageOptions): Promise<void> {
    this.#say(`• building a network of ${machines.length} machines: network namespaces on one bridge`);
    const lan = this.#lan = new Lan(prefix, { nodes: machines });
    this.#cleanups.push(() => lan[Symbol.dispose]());
    const command = await agentCommand();
    for (const node of lan.nodes) {
      this.#say(`• starting spiderpool-agent for ${node.name}`);
      const folder = `${this.folder}/${node.name}`;
      const agent = new AgentProcess({ nodeName: node.name, folder, kubeconfig: this.#kubeconfig, conf, command });
      this.#cleanups.push(() => agent.stop());
      await agent.start();
      const runtime = new CniRuntime(node, { pluginFolders: [pluginFolder, MAIN_PLUGINS] });
      this.machines.push({ name: node.name, agent, runtime });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (err) {
        this.#say(`! could not clean up: ${err instanceof Error ? err.message : err}`);
      }
    }
  }
}

async function readManifest(path: string): Promise<KubeObject[]> {
  const text = await Deno.readTextFile(new URL(path, import.meta.url));
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject).filter((object) => object !== null);
}
