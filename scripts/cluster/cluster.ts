/** A whole cluster: a control plane and nodes. */
import { applyBootstrap } from "./bootstrap.ts";
import { ensurePrograms, findPrograms, type ProgramPath } from "./build.ts";
import { writeImages } from "./busybox.ts";
import { removeCluster } from "./clean.ts";
import { type CommandResult, runFreely } from "./command.ts";
import { startControl } from "./control_plane_alone.ts";
import { Control, controlPrograms } from "./control_plane.ts";
import { kubectlEnv } from "./kubectl_env.ts";
import { clusterPaths, DEFAULT_NAME, MAX_NODES, nodeName } from "./layout.ts";
import { locked } from "./lock.ts";
import { Node } from "./node.ts";
import { clusterObstacle } from "./obstacle.ts";
import { nodesNotReady } from "./ready.ts";
import { type Say, step } from "./steps.ts";
import { waitUntil } from "./wait.ts";

/** Time for nodes to be Ready, in milliseconds. */
const READY_MS = 600_000;

/** Options of {@linkcode Cluster.up}. */
export interface ClusterOptions {
  /** At least this many; 1 to 50. @default 2 */
  readonly nodes?: number;
  /** Two to ten small letters and digits. @default "spcl" */
  readonly name?: string;
  /** Tells people what happens. @default nothing is told */
  readonly say?: Say;
  readonly signal?: AbortSignal;
}

/** A running cluster. */
export class Cluster {
  readonly name: string;
  readonly control: Control;
  readonly nodes: readonly Node[];
  /** Path of a kubeconfig for its administrator; leads to 127.0.0.1 of the host. */
  readonly kubeconfig: string;
  readonly #programPath: ProgramPath;

  private constructor(control: Control, nodes: readonly Node[], programPath: ProgramPath) {
    this.name = control.name;
    this.control = control;
    this.nodes = nodes;
    this.kubeconfig = control.paths.kubeconfig;
    this.#programPath = programPath;
  }

  /** Why a cluster cannot run here; `undefined`: it can. */
  static async obstacle(): Promise<string | undefined> {
    return await clusterObstacle();
  }

  /** Builds the programs that are missing in `.cache/k8s/`, which takes minutes once. {@linkcode Cluster.up} does it too. */
  static async build({ say = quiet, signal }: Pick<ClusterOptions, "say" | "signal"> = {}): Promise<void> {
    await locked(async () => void (await ensurePrograms({ say, signal })), { say, signal });
  }

  /**
   * Starts a cluster and waits until its nodes are Ready, or takes the one of this name that runs: what has ended in it is started again, nodes
   * are added when it has fewer than asked for.
   *
   * @throws {RangeError} if the number of nodes is none
   * @throws {LockInterruptedError} if `signal` is aborted while another process of this checkout builds or starts a cluster
   * @throws {Error} if something does not start; what did start stays to be looked at until {@linkcode Cluster.down}
   */
  static async up({ nodes = 2, name = DEFAULT_NAME, say = quiet, signal }: ClusterOptions = {}): Promise<Cluster> {
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > MAX_NODES) {
      throw new RangeError(`Cannot start a cluster of ${nodes} nodes: 1 to ${MAX_NODES}`);
    }
    const action = async () => {
      const programPath = await ensurePrograms({ say, signal });
      return await start({ nodes, name, say, signal, programPath });
    };
    return await locked(action, { say, signal });
  }

  /** Takes the cluster of this name as it is, without starting anything; `undefined` if there is none. */
  static async find(name = DEFAULT_NAME): Promise<Cluster | undefined> {
    const programPath = await findPrograms();
    const control = await Control.find({ name, programPath, programs: controlPrograms });
    return control === undefined ? undefined : new Cluster(control, await findNodes(name, programPath), programPath);
  }

  /** Ends the cluster `name` and removes all of it, whatever state it is in. */
  static async down(name = DEFAULT_NAME): Promise<void> {
    await removeCluster(name);
  }

  /** Puts a cluster together from its parts. */
  static of(control: Control, nodes: readonly Node[], programPath: ProgramPath): Cluster {
    return new Cluster(control, nodes, programPath);
  }

  /** URL of the API server, on 127.0.0.1 of the host. */
  get server(): string {
    return `https://127.0.0.1:${this.control.state.port}`;
  }

  /** A node by its name in Kubernetes. @throws {RangeError} if there is none */
  node(name: string): Node {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) {
      throw new RangeError(`Cannot find node "${name}": there are ${this.nodes.map((node) => node.name).join(", ")}`);
    }
    return found;
  }

  /** Runs kubectl of the same version to its end, however that is. */
  async kubectl(args: readonly string[], options: { readonly stdin?: string } = {}): Promise<CommandResult> {
    return await runFreely([this.programPath("kubectl"), ...args], { ...options, env: this.kubectlEnv });
  }

  /** Variables for a kubectl that somebody else runs. */
  get kubectlEnv(): Readonly<Record<string, string>> {
    return kubectlEnv(this.control.paths);
  }

  /** Path of a program that was built for the cluster, such as `cnitool`. */
  programPath(program: string): string {
    return this.#programPath(program);
  }

  /** Imports an image from an archive on the host into every node. */
  async importImage(archive: string): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.importImage(archive)));
  }

  /** Ends the kubelet of a node and starts it again. Pods run on. */
  async restartKubelet(node: Node, options: { readonly signal?: "SIGTERM" | "SIGKILL" } = {}): Promise<void> {
    await node.stop("kubelet", options);
    await node.startKubelet();
  }

  /** Ends the containerd of a node and starts it again. Pods run on. */
  async restartContainerd(node: Node, options: { readonly signal?: "SIGTERM" | "SIGKILL" } = {}): Promise<void> {
    await node.stop("containerd", options);
    await node.startContainerd();
  }

  /**
   * Ends API server and etcd; clients see broken and refused connections. Objects are kept.
   *
   * @param options.signal SIGTERM lets the API server end its requests first, which takes it up to 15 s. @default SIGKILL
   */
  async stopControlPlane({ signal = "SIGKILL" }: { readonly signal?: "SIGTERM" | "SIGKILL" } = {}): Promise<void> {
    await this.control.stop(["kube-apiserver", "etcd"], { signal });
  }

  /** Starts what does not run of the control plane and waits for the API server. */
  async startControlPlane(): Promise<void> {
    await this.control.start();
  }

  /** Waits until all nodes are Ready. @throws {WaitError} that says which are not, and why */
  async waitForNodes({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    using api = await this.control.openApi();
    const names = this.nodes.map(({ name }) => name);
    const look = async () => nodesNotReady(await api.list("/api/v1/nodes"), names);
    await waitUntil(look, { what: "get all nodes Ready", timeoutMs: READY_MS, signal });
  }

  /** Ends it and removes all of it. */
  async down(): Promise<void> {
    await removeCluster(this.name);
  }
}

interface StartOptions {
  readonly nodes: number;
  readonly name: string;
  readonly say: Say;
  readonly signal: AbortSignal | undefined;
  readonly programPath: ProgramPath;
}

async function start({ nodes: count, name, say, signal, programPath }: StartOptions): Promise<Cluster> {
  const options = { name, programPath, programs: controlPrograms, signal };
  const control = await step("control plane", { say, action: () => startControl(options) });
  const made = await step("machines of the nodes", {
    say,
    action: () => makeNodes(control, { count, programPath, signal }),
  });
  const cluster = Cluster.of(control, made, programPath);
  await step("kubelets", { say, action: () => Promise.all(made.map((node) => node.startKubelet())) });
  await step("nodes Ready", { say, action: () => cluster.waitForNodes({ signal }) });
  await step("controllers", { say, action: () => control.waitForControllers(signal) });
  return cluster;
}

interface MakeOptions {
  readonly count: number;
  readonly programPath: ProgramPath;
  readonly signal: AbortSignal | undefined;
}

/** Takes the nodes that run, and makes those that are missing. */
async function makeNodes(control: Control, { count, programPath, signal }: MakeOptions): Promise<Node[]> {
  const running = await findNodes(control.name, programPath);
  const missing = indexes(count).filter((index) => !running.some(({ name }) => name === nodeName(index)));
  await Promise.all(running.map((node) => node.startContainerd()));
  if (missing.length === 0) return running;
  using api = await control.openApi();
  await applyBootstrap(api);
  const images = await writeImages(`${clusterPaths(control.name).folder}/images`);
  const { identities } = control.state;
  const common = { cluster: control.name, programPath, identities, images, signal };
  const made = missing.map((index) => Node.create({ ...common, index }));
  return [...running, ...await Promise.all(made)].sort(byName);
}

async function findNodes(cluster: string, programPath: ProgramPath): Promise<Node[]> {
  const found = await Promise.all(indexes(MAX_NODES).map((index) => Node.find({ cluster, index, programPath })));
  return found.filter((node) => node !== undefined);
}

/** 1 to `count`. */
function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function byName(a: Node, b: Node): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}

function quiet(): void {}
