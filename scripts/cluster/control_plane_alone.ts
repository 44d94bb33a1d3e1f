/** A real API server for tests: etcd, kube-apiserver and kube-controller-manager, ready in seconds. */
import { ensurePrograms, type ProgramPath } from "./build.ts";
import { removeAbandoned, removeCluster } from "./clean.ts";
import { type CommandResult, runFreely } from "./command.ts";
import { Control, type ControlOptions } from "./control_plane.ts";
import { refuseForeign } from "./foreign.ts";
import { kubectlEnv } from "./kubectl_env.ts";
import { locked } from "./lock.ts";
import { controlPlaneObstacle } from "./obstacle.ts";
import { type Say, step } from "./steps.ts";

/** Options of {@linkcode ControlPlane.up}. */
export interface ControlPlaneOptions {
  /** Two to ten small letters and digits. @default "spcp" */
  readonly name?: string;
  /** Whether kube-controller-manager runs. @default true */
  readonly controllers?: boolean;
  /** Tells people what happens. @default nothing is told */
  readonly say?: Say;
  readonly signal?: AbortSignal;
}

/** A running control plane without nodes. */
export class ControlPlane implements AsyncDisposable {
  readonly name: string;
  /** Path of a kubeconfig for its administrator; leads to 127.0.0.1 of the host. */
  readonly kubeconfig: string;
  readonly control: Control;
  readonly #programPath: ProgramPath;

  private constructor(control: Control, { name, programPath }: ControlOptions) {
    this.name = name;
    this.control = control;
    this.kubeconfig = control.paths.kubeconfig;
    this.#programPath = programPath;
  }

  /** Why it cannot run here; `undefined`: it can. */
  static async obstacle(): Promise<string | undefined> {
    return await controlPlaneObstacle();
  }

  /** Starts one, or takes the one of this name that runs. @throws {Error} if it does not get ready; call {@linkcode ControlPlane.down} then */
  static async up(
    { name = "spcp", controllers = true, say = quiet, signal }: ControlPlaneOptions = {},
  ): Promise<ControlPlane> {
    const action = async () => {
      const programPath = await ensurePrograms({ say, signal });
      const options: ControlOptions = {
        name,
        programPath,
        programs: ["etcd", "kube-apiserver", ...(controllers ? ["kube-controller-manager" as const] : [])],
        signal,
      };
      const control = await step("control plane", { say, action: () => startControl(options) });
      if (controllers) await step("controllers", { say, action: () => control.waitForControllers(signal) });
      return new ControlPlane(control, options);
    };
    return await locked(action, { say, signal });
  }

  /** Ends the control plane `name` and removes all of it, whatever state it is in. */
  static async down(name = "spcp"): Promise<void> {
    await removeCluster(name);
  }

  /** URL of the API server, on 127.0.0.1 of the host. */
  get server(): string {
    return `https://127.0.0.1:${this.control.state.port}`;
  }

  /** Runs kubectl of the same version. */
  async kubectl(args: readonly string[], options: { readonly stdin?: string } = {}): Promise<CommandResult> {
    return await runFreely([this.#programPath("kubectl"), ...args], {
      ...options,
      env: kubectlEnv(this.control.paths),
    });
  }

  /** Ends it and removes all of it. */
  async down(): Promise<void> {
    await removeCluster(this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}

/**
 * Takes the control plane that runs, or makes a new one over what an interrupted one left, and starts what does not run.
 *
 * @throws {ForeignClusterError} if another checkout has one of this name
 */
export async function startControl(options: ControlOptions): Promise<Control> {
  const { name, signal } = options;
  refuseForeign(name, "start");
  const control = await Control.find(options) ?? await createAfresh(options);
  if (!control.isComplete) await control.start(signal);
  return control;
}

async function createAfresh(options: ControlOptions): Promise<Control> {
  await removeAbandoned();
  await removeCluster(options.name);
  return await Control.create(options);
}

function quiet(): void {}
