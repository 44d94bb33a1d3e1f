import type { Dice } from "./dice.ts";
import type { Lives } from "./lives.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { OperationOf } from "./operation.ts";
import type { Launcher } from "./pod_object.ts";
import { PodLife } from "./pod_life.ts";
import { podNetworks } from "./pool_specs.ts";
import type { SimDeps } from "./sim_deps.ts";
import type { VmObjects } from "./vm_objects.ts";

/** Names of the VMs; each is started, migrated, stopped, deleted and made again. */
const NAMES = ["vm-a", "vm-b"];
/** How long a migration waits until the VM's new Pod has its addresses, and between two looks at it, in milliseconds. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 200;
/** Mean time for which both Pods of a VM run, in milliseconds. */
const HANDOVER_MS = 1500;

/** A VM as operations are drawn from it. */
export interface VmState {
  readonly name: string;
  readonly phase: "stopped" | "starting" | "running" | "stopping";
  /** Whether it runs in one Pod, which has its addresses. */
  readonly isSteady: boolean;
  /** Index into `podNetworks` of its last start; absent for one that was never started since it was made. */
  readonly network: number | undefined;
}

interface Machine {
  phase: VmState["phase"];
  network: number | undefined;
  vmi: Launcher["vmi"] | undefined;
  /** Its Pods, oldest first, each with the promise of its end. */
  readonly pods: Map<PodLife, Promise<void>>;
  /** Resolves when it has stopped. */
  stopped: Promise<void>;
}

/** What {@linkcode Vms} works with. */
export interface VmsDeps {
  readonly world: SimDeps & { readonly dice: Dice };
  readonly objects: VmObjects;
  readonly lives: Lives;
  /** The node of a name. */
  readonly node: (name: string) => NodeRuntime;
}

/** Whoever starts, migrates and stops VMs: their users, and KubeVirt's controllers. */
export class Vms {
  readonly #deps: VmsDeps;
  readonly #machines: ReadonlyMap<string, Machine>;

  constructor(deps: VmsDeps) {
    this.#deps = deps;
    this.#machines = new Map(NAMES.map((name) => [name, newMachine()]));
  }

  states(): readonly VmState[] {
    return [...this.#machines].map(([name, { phase, network, pods }]) => {
      const [pod] = pods.keys();
      return { name, phase, network, isSteady: phase === "running" && pods.size === 1 && pod?.isUp === true };
    });
  }

  /** Starts a VM that is stopped or was never made, and lets it run until its first Pod ends. */
  async start(id: number, { vm, node, network }: OperationOf<"start-vm">): Promise<void> {
    const { world: { checker: { ledger }, trace }, objects } = this.#deps;
    const machine = this.#machines.get(vm);
    if (machine?.phase !== "stopped") return;
    machine.phase = "starting";
    ledger.nameWanted(vm);
    if (machine.network !== network) ledger.intentChanged(vm);
    machine.network = network;
    trace.add("user", `starts ${vm}`);
    machine.vmi = await objects.start(vm);
    machine.phase = "running";
    await this.#run(machine, { id, node, launcher: { vm, vmi: machine.vmi, network } });
  }

  /** Migrates a VM to another Pod: for a while both have its addresses. Then the old one ends, or the new one. */
  async migrate(id: number, { vm, node, template, fails }: OperationOf<"migrate-vm">): Promise<void> {
    const { world: { clock, tasks, trace } } = this.#deps;
    const machine = this.#machines.get(vm);
    const [source] = machine?.pods.keys() ?? [];
    if (machine?.phase !== "running" || machine.pods.size !== 1 || !source?.isUp || !machine.vmi) return;
    trace.add("user", `migrates ${vm}${fails ? ", in vain" : ""}`);
    const launcher = { vm, vmi: machine.vmi, network: template, migration: `migration-${id}` };
    const running = this.#run(machine, { id, node, launcher });
    tasks.spawn(() => running);
    const target = [...machine.pods.keys()].at(-1)!;
    for (let waitedMs = 0; waitedMs < PATIENCE_MS && !target.isUp; waitedMs += LOOK_MS) await clock.sleep(LOOK_MS);
    await clock.sleep(this.#deps.world.dice.fork(`handover ${id}`).exponential(HANDOVER_MS));
    if (machine.phase !== "running") return; // both end with it
    if (target.isUp && fails === undefined) await source.terminate("completed");
    else await target.terminate(fails ?? "orderly");
  }

  /** Ends all Pods of a VM, and perhaps the VM. */
  async stop({ vm, style, isDeleted }: Omit<OperationOf<"stop-vm">, "do">): Promise<void> {
    const machine = this.#machines.get(vm);
    const isUseful = machine?.phase === "running" || (machine?.phase === "stopped" && isDeleted);
    if (machine === undefined || !isUseful) return;
    machine.phase = "stopping";
    await (machine.stopped = this.#stop(machine, { vm, style, isDeleted }));
  }

  /** Deletes all VMs; resolves when their Pods have gone. */
  async windUp(): Promise<void> {
    await Promise.all([...this.#machines].map(async ([vm, machine]) => {
      await machine.stopped;
      await this.stop({ vm, style: "orderly", isDeleted: true });
    }));
  }

  async #stop(machine: Machine, { vm, style, isDeleted }: Omit<OperationOf<"stop-vm">, "do">): Promise<void> {
    const { world: { checker: { ledger }, tasks, trace }, objects } = this.#deps;
    trace.add("user", `${isDeleted ? "deletes" : "stops"} ${vm}`);
    if (isDeleted) {
      ledger.nameUnwanted(vm);
      machine.network = undefined;
      await objects.remove(vm);
    }
    await objects.stop(vm);
    for (const life of machine.pods.keys()) tasks.spawn(() => life.terminate(style));
    await Promise.all(machine.pods.values());
    await objects.finish(vm);
    machine.phase = "stopped";
  }

  /** Lets a Pod of the VM live. */
  async #run(
    machine: Machine,
    { id, node, launcher }: { readonly id: number; readonly node: string; readonly launcher: Launcher },
  ): Promise<void> {
    const { world, lives } = this.#deps;
    const plan = {
      name: `${launcher.vm}-${id}`,
      owner: "VM",
      node: this.#deps.node(node),
      network: podNetworks[machine.network!]!,
      launcher,
    } as const;
    const life = new PodLife(world, plan, { id, dice: world.dice.fork(`life ${id}`) });
    const running = lives.run(life);
    machine.pods.set(life, running);
    await running;
    machine.pods.delete(life);
  }
}

function newMachine(): Machine {
  return { phase: "stopped", network: undefined, vmi: undefined, pods: new Map(), stopped: Promise.resolve() };
}
