/** etcd, kube-apiserver and controllers in a machine of their own. */
import { fileURLToPath } from "node:url";
import { freePort } from "../../net/base/free_port.ts";
import { type ProgramPath } from "./build.ts";
import { run } from "./command.ts";
import { writeControlFiles } from "./control_files.ts";
import {
  API_PORT,
  apiServerFlags,
  type ControlFiles,
  controllerManagerFlags,
  etcdFlags,
  schedulerFlags,
} from "./control_flags.ts";
import { tailOf } from "./files.ts";
import { createIdentities } from "./identities.ts";
import { type ClusterPaths, clusterPaths, machineName } from "./layout.ts";
import { Machine } from "./machine.ts";
import { controlNetwork } from "./network.ts";
import { type ApiAccess, openApi } from "./api_access.ts";
import { readState, type State, writeState } from "./state.ts";
import { waitUntil } from "./wait.ts";

const proxyModule = fileURLToPath(new URL("proxy.ts", import.meta.url));

/** Time for the API server to be ready, in milliseconds. */
const READY_MS = 600_000;

/** Programs of a control plane, in the order they start. */
export const controlPrograms = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** One of them. */
export type ControlProgram = typeof controlPrograms[number];

/** How a control plane is started. */
export interface ControlOptions {
  readonly name: string;
  readonly programPath: ProgramPath;
  /** Which programs run. */
  readonly programs: readonly ControlProgram[];
  readonly signal?: AbortSignal | undefined;
}

/** A running control plane. */
export class Control {
  /** Of the cluster. */
  readonly name: string;
  readonly paths: ClusterPaths;
  readonly machine: Machine;
  readonly state: State;
  readonly #programs: readonly ControlProgram[];
  readonly #programPath: ProgramPath;

  private constructor(machine: Machine, state: State, { name, programs, programPath }: ControlOptions) {
    this.name = name;
    this.paths = clusterPaths(name);
    this.machine = machine;
    this.state = state;
    this.#programs = programs;
    this.#programPath = programPath;
  }

  /** Finds the control plane of a cluster; `undefined` if its machine does not run or its notes are lost. */
  static async find(options: ControlOptions): Promise<Control | undefined> {
    const { logs, state: path } = clusterPaths(options.name);
    const machine = Machine.find(machineName(options.name, "ctl"), { logs: `${logs}/ctl` });
    const state = await readState(path);
    return machine === undefined || state === undefined ? undefined : new Control(machine, state, options);
  }

  /** Makes its network and machine, and writes its files. Nothing of this name may be there. */
  static async create(options: ControlOptions): Promise<Control> {
    const { name, signal } = options;
    const paths = clusterPaths(name);
    const machine = machineName(name, "ctl");
    const state: State = { port: freePort(), nodes: 0, identities: createIdentities() };
    await writeControlFiles(paths, state);
    for (const command of controlNetwork(machine)) await run(command);
    const folder = `${paths.folder}/ctl`;
    const started = await Machine.start({ name: machine, hostname: "ctl", folder, logs: `${paths.logs}/ctl`, signal });
    await writeState(paths.state, state);
    return new Control(started, state, options);
  }

  /** Whether all of its programs and the proxy run. */
  get isComplete(): boolean {
    return this.#hasProxy &&
      this.#programs.every((program) => this.machine.pidOf(program) !== undefined);
  }

  /**
   * Starts what does not run, and waits for the API server.
   *
   * @throws {WaitError} with the end of its log if it does not get ready
   */
  async start(signal?: AbortSignal): Promise<void> {
    await this.#startProxy();
    for (const program of this.#programs) {
      if (this.machine.pidOf(program) === undefined) {
        await this.machine.startDaemon({ name: program, argv: this.#argvOf(program) });
      }
    }
    using api = await this.openApi();
    await waitUntil(async () => await this.#throwIfEnded() ?? await api.whyNotReady(), {
      what: "reach the API server",
      timeoutMs: READY_MS,
      signal,
      explain: () => tailOf(this.machine.logOf("kube-apiserver")),
    });
  }

  /** Waits until controllers work: Pods can be created only after they have made a service account. @throws {WaitError} */
  async waitForControllers(signal?: AbortSignal): Promise<void> {
    using api = await this.openApi();
    await waitUntil(() => api.whyNotReady({ needsAccounts: true }), {
      what: "see the work of kube-controller-manager",
      timeoutMs: READY_MS,
      signal,
      explain: () => tailOf(this.machine.logOf("kube-controller-manager")),
    });
  }

  /**
   * Stops etcd and the API server, or only `programs`; the proxy stays, so clients see connections break.
   *
   * @param options.signal SIGKILL stops them as a power cut would
   */
  async stop(
    programs: readonly ControlProgram[] = ["kube-apiserver", "etcd"],
    options: { readonly signal?: "SIGTERM" | "SIGKILL" } = {},
  ): Promise<void> {
    for (const program of programs) await this.machine.stopDaemon(program, options);
  }

  /** Opens the API server from the host, as its administrator. Close it with `using`. */
  async openApi(): Promise<ApiAccess> {
    return await openApi(this.paths.kubeconfig);
  }

  get #hasProxy(): boolean {
    return this.machine.processes().some(({ argv }) => argv.includes(proxyModule));
  }

  async #startProxy(): Promise<void> {
    if (this.#hasProxy) return;
    const argv = ["run", "--allow-all", "--no-config", "--no-lock", "--cached-only", "--quiet", proxyModule];
    const target = [String(this.state.port), "/proc/self/fd/9", "127.0.0.1", String(API_PORT)];
    await this.machine.startDaemon({
      name: "proxy",
      takesHostNetns: true,
      argv: [Deno.execPath(), ...argv, ...target],
    });
  }

  /** @throws {Error} with its log if a program has ended: waiting for it would be in vain */
  async #throwIfEnded(): Promise<undefined> {
    const ended = this.#programs.find((program) => this.machine.pidOf(program) === undefined);
    if (ended === undefined) return undefined;
    throw new Error(`Cannot start ${ended}: it ended\n${await tailOf(this.machine.logOf(ended))}`);
  }

  #argvOf(program: ControlProgram): string[] {
    const files: ControlFiles = { pki: this.paths.pki, kubeconfigs: this.paths.pki };
    switch (program) {
      case "etcd":
        return ["etcd", ...etcdFlags()];
      case "kube-apiserver":
        return [this.#programPath(program), ...apiServerFlags(files)];
      case "kube-controller-manager":
        return [this.#programPath(program), ...controllerManagerFlags(files)];
      case "kube-scheduler":
        return [this.#programPath(program), ...schedulerFlags(files)];
      default:
        return program satisfies never;
    }
  }
}
