/** A node of a cluster: a machine with containerd and a kubelet. */
import { cniPaths, defaultNetwork, multusConf } from "./cni_config.ts";
import { type CommandResult, run } from "./command.ts";
import { PAUSE_IMAGE } from "./busybox.ts";
import type { ProgramPath } from "./build.ts";
import { containerdConfig } from "./containerd_config.ts";
import { INNER_SERVER } from "./control_files.ts";
import { removeMachines } from "./clean.ts";
import { exists, removeTree, tailOf } from "./files.ts";
import { kubeletUser, MULTUS, tokenOf } from "./identities.ts";
import { type Identity, kubeconfigText } from "./kubeconfig.ts";
import { kubeletConfig, kubeletFiles, kubeletFlags } from "./kubelet_config.ts";
import { type ClusterPaths, clusterPaths, machineName, nodeAddresses, nodeName } from "./layout.ts";
import { Machine } from "./machine.ts";
import { nodeNetwork } from "./network.ts";
import { waitUntil } from "./wait.ts";

/** Where the distribution has the reference CNI plugins: package containernetworking-plugins. */
export const PLUGINS = "/usr/lib/cni";

/** There once a node is made: one that an interrupted `up` left half made has none. */
const MADE = "/run/node-made";

/** Time for containerd to serve, in milliseconds. */
const SERVE_MS = 300_000;

/** Programs of a node, in the order they start. */
export const nodePrograms = ["containerd", "kubelet"] as const;

/** One of them. */
export type NodeProgram = typeof nodePrograms[number];

/** Which node, and how to start its programs. */
export interface NodeOptions {
  readonly cluster: string;
  /** Counted from 1. */
  readonly index: number;
  readonly programPath: ProgramPath;
}

/** What a new node needs beside that. */
export interface CreateNodeOptions extends NodeOptions {
  readonly identities: readonly Identity[];
  /** Archives of images to import. */
  readonly images: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** A node. Its file system is its own where it matters: `/etc`, `/opt`, `/run` and `/var`. */
export class Node {
  /** In Kubernetes. */
  readonly name: string;
  readonly machine: Machine;
  /** On `eth0`. */
  readonly address: string;
  readonly #programPath: ProgramPath;

  private constructor(machine: Machine, { index, programPath }: NodeOptions) {
    this.name = nodeName(index);
    this.address = nodeAddresses(index).management;
    this.machine = machine;
    this.#programPath = programPath;
  }

  /** Finds a node that was made whole and runs; `undefined` if there is none. */
  static async find(options: NodeOptions): Promise<Node | undefined> {
    const { name, logs } = placeOf(options);
    const machine = Machine.find(name, { logs });
    return machine !== undefined && await exists(machine.root + MADE) ? new Node(machine, options) : undefined;
  }

  /** Makes a node with its links, files and images, over what an interrupted `up` left of it. */
  static async create(options: CreateNodeOptions): Promise<Node> {
    const { cluster, index, signal } = options;
    const { name, logs, folder } = placeOf(options);
    const control = machineName(cluster, "ctl");
    await removeMachines((machine) => machine === name);
    await removeTree(folder);
    for (const command of nodeNetwork(name, { control, index })) await run(command);
    const machine = await Machine.start({ name, hostname: nodeName(index), folder, logs, signal });
    const node = new Node(machine, options);
    await node.#writeFiles(options);
    await node.startContainerd();
    for (const image of options.images) await node.importImage(image);
    await machine.writeFile(MADE, { text: "" });
    return node;
  }

  /** Path of its network namespace. */
  get netns(): string {
    return this.machine.netns;
  }

  /** containerd's socket as the host reaches it. */
  get containerdSocket(): string {
    return this.hostPath("/run/containerd/containerd.sock");
  }

  /** Folder of CNI configurations as the host reaches it. */
  get cniConf(): string {
    return this.hostPath(cniPaths.conf);
  }

  /** Folder of CNI plugins as the host reaches it. */
  get cniBin(): string {
    return this.hostPath(cniPaths.bin);
  }

  /** Where the host reaches a file of the node. @param path absolute, in the node */
  hostPath(path: string): string {
    return this.machine.root + path;
  }

  /** Log of a program of the node. */
  logOf(program: NodeProgram): string {
    return this.machine.logOf(program);
  }

  /** Process of a program as the host sees it; `undefined` if it does not run. */
  pidOf(program: NodeProgram): number | undefined {
    return this.machine.pidOf(program);
  }

  /** Runs a command in the node. @returns what it printed @throws {ToolError} with its own words if it fails */
  async exec(...argv: readonly string[]): Promise<string> {
    return await this.machine.exec(argv);
  }

  /** Runs a command in the node to its end, however that is. */
  async execFreely(...argv: readonly string[]): Promise<CommandResult> {
    return await this.machine.execFreely(argv);
  }

  /** Imports an image from an archive on the host. Like `ctr -n k8s.io images import`. */
  async importImage(archive: string): Promise<void> {
    await run(["ctr", "--address", this.containerdSocket, "--namespace", "k8s.io", "images", "import", archive]);
  }

  /** Starts containerd if it does not run, and waits until it serves. */
  async startContainerd(): Promise<void> {
    if (this.pidOf("containerd") === undefined) {
      await this.machine.startDaemon({ name: "containerd", argv: ["containerd"], restarts: true });
    }
    const explain = () => tailOf(this.logOf("containerd"));
    await waitUntil(() => this.#whyNotServing(), {
      what: `start containerd of ${this.name}`,
      timeoutMs: SERVE_MS,
      explain,
    });
  }

  /** Starts the kubelet if it does not run. */
  async startKubelet(): Promise<void> {
    if (this.pidOf("kubelet") !== undefined) return;
    const argv = [this.#programPath("kubelet"), ...kubeletFlags(this)];
    await this.machine.startDaemon({ name: "kubelet", argv, restarts: true });
  }

  /** Ends a program. @param options.signal SIGKILL ends it as a crash would */
  async stop(program: NodeProgram, options: { readonly signal?: "SIGTERM" | "SIGKILL" } = {}): Promise<void> {
    await this.machine.stopDaemon(program, options);
  }

  async #whyNotServing(): Promise<string | undefined> {
    const { code, stderr } = await this.machine.execFreely(["ctr", "version"]);
    return code === 0 ? undefined : stderr.trim().split("\n").at(-1) ?? "no answer";
  }

  async #writeFiles({ cluster, index, identities, programPath }: CreateNodeOptions): Promise<void> {
    const authority = await Deno.readTextFile(`${clusterPaths(cluster).pki}/ca.crt`);
    const kubeconfigOf = (user: string) =>
      kubeconfigText({ server: INNER_SERVER, authority, token: tokenOf(user, identities) });
    const files: Readonly<Record<string, string>> = {
      "/etc/resolv.conf": "nameserver 10.96.0.10\n",
      "/etc/containerd/config.toml": containerdConfig({ sandboxImage: PAUSE_IMAGE }),
      [kubeletFiles.config]: kubeletConfig({ cgroup: this.machine.name }),
      [kubeletFiles.kubeconfig]: kubeconfigOf(kubeletUser(this.name)),
      [kubeletFiles.authority]: authority,
      [cniPaths.multusConf]: multusConf(),
      [cniPaths.multusKubeconfig]: kubeconfigOf(MULTUS),
      [cniPaths.defaultNetwork]: defaultNetwork(nodeAddresses(index)),
    };
    for (const [path, text] of Object.entries(files)) await this.machine.writeFile(path, { text, mode: 0o600 });
    for (const { name } of Deno.readDirSync(PLUGINS)) await this.#installPlugin(`${PLUGINS}/${name}`);
    await this.#installPlugin(programPath("multus"));
  }

  async #installPlugin(path: string): Promise<void> {
    await Deno.copyFile(path, `${this.cniBin}/${path.slice(path.lastIndexOf("/") + 1)}`);
  }
}

function placeOf({ cluster, index }: NodeOptions): { readonly name: string } & Pick<ClusterPaths, "folder" | "logs"> {
  const { folder, logs } = clusterPaths(cluster);
  const name = nodeName(index);
  return { name: machineName(cluster, name), folder: `${folder}/${name}`, logs: `${logs}/${name}` };
}
