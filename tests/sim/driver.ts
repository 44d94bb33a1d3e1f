import { REPLICAS } from "./cluster.ts";
import type { Dice } from "./dice.ts";
import { someFaults, stormyFaults } from "./faults.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import { type EndStyle, PodLife } from "./pod_life.ts";
import { podNetworks, poolSpecs, upstreamNetworks } from "./pool_specs.ts";
import type { World } from "./world.ts";

/** Names of Pods without an owner; each is used again and again. */
const BARE_NAMES = ["bare-a", "bare-b", "bare-c", "bare-d", "bare-e"];
/** About as many Pods as make the pools overflow at times. */
const CROWD = 26;
const MAX_REPLICAS = 4;

type Action = () => void;

/** Whoever acts on the cluster from outside: users, controllers, mishaps. One call is one operation. */
export class Driver {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #lives = new Set<PodLife>();
  #count = 0;
  #replicas = REPLICAS;

  constructor(world: World) {
    this.#world = world;
    this.#dice = world.dice.fork("driver");
  }

  /** Begins one operation, drawn by chance. */
  operate(): void {
    const isCrowded = this.#lives.size > CROWD;
    const draw = this.#dice.weighted<Action>([
      [isCrowded ? 8 : 28, () => this.#create()],
      [isCrowded ? 28 : 12, () => this.#onUp((life) => life.terminate(this.#endStyle(life)))],
      [6, () => this.#onAdding((life) => life.terminate(this.#endStyle(life)))],
      [8, () => this.#onUp((life) => life.replaceSandbox())],
      [8, () => this.#onUp((life) => life.repeatAdd())],
      [4, () => this.#onAdding((life) => life.hangUp())],
      [2, () => this.#dice.pick(this.#world.agents).killSoon(this.#dice.below(14))],
      [1.5, () => this.#spawn(() => this.#world.gc.scan())],
      [2, () => this.#spawn(() => this.#editPool())],
      [1, () => this.#spawn(() => this.#scale())],
      [0.5, () => this.#world.cluster.api.compact()],
      [0.7, () => this.#spawn(() => this.#storm())],
    ]);
    draw();
  }

  /** Deletes all Pods and restores what was edited; resolves when nothing runs any more. */
  async windUp(): Promise<void> {
    const { cluster, tasks, checker } = this.#world;
    await cluster.scale(0);
    for (let i = 0; i < MAX_REPLICAS; i++) checker.ledger.nameUnwanted(cluster.statefulPod(i));
    for (const life of this.#lives) this.#spawn(() => life.terminate("orderly"));
    await tasks.ended();
  }

  #create(): void {
    const kind = this.#dice.weighted([[4, "web"], [3, "bare"], [3, "stateful"], [1, "upstream"]] as const);
    const free = (name: string) => ![...this.#lives].some(({ plan }) => plan.name === name);
    const node = this.#dice.pick(this.#world.agents);
    const network = this.#dice.pick(podNetworks);
    switch (kind) {
      case "web":
        return this.#start({ name: `web-${++this.#count}`, owner: "ReplicaSet", node, network });
      case "upstream": {
        const plan = { node: this.#world.upstream, network: this.#dice.pick(upstreamNetworks) };
        return this.#start({ name: `up-${++this.#count}`, owner: "ReplicaSet", ...plan });
      }
      case "bare": {
        const name = BARE_NAMES.find(free);
        return name === undefined ? undefined : this.#start({ name, owner: "none", node, network });
      }
      case "stateful":
        return this.#startStateful(free, node);
    }
  }

  #startStateful(isFree: (name: string) => boolean, node: NodeRuntime): void {
    const names = Array.from({ length: this.#replicas }, (_, i) => this.#world.cluster.statefulPod(i));
    const name = names.find(isFree);
    if (name === undefined) return;
    // All Pods of a StatefulSet are of one template.
    this.#start({ name, owner: "StatefulSet", node, network: podNetworks[3]! });
  }

  #start(plan: PodLife["plan"]): void {
    const life = new PodLife(this.#world, plan);
    this.#lives.add(life);
    this.#spawn(async () => {
      await life.run();
      this.#lives.delete(life);
    });
  }

  #endStyle({ plan }: PodLife): EndStyle {
    const isFixed = plan.owner === "StatefulSet";
    return this.#dice.weighted<EndStyle>([
      [5, "orderly"],
      [2, "object-first"],
      [isFixed ? 0 : 1, "forced"],
      [0.7, "missed"],
      [plan.owner === "none" ? 2 : 0, "completed"],
    ]);
  }

  #onUp(act: (life: PodLife) => Promise<void>): void {
    this.#on([...this.#lives].filter((life) => life.isUp), act);
  }

  #onAdding(act: (life: PodLife) => Promise<void> | void): void {
    this.#on([...this.#lives].filter((life) => life.isAdding && !life.isStopping), act);
  }

  #on(lives: readonly PodLife[], act: (life: PodLife) => Promise<void> | void): void {
    if (lives.length === 0) return;
    const life = this.#dice.pick(lives);
    this.#spawn(async () => await act(life));
  }

  /** Adds an address at the end, takes one out for a while, or closes the pool for a while. */
  async #editPool(): Promise<void> {
    const { cluster, clock, trace } = this.#world;
    const name = this.#dice.pick(Object.keys(poolSpecs));
    const spec = poolSpecs[name]!;
    const change = this.#dice.weighted([
      [1, { disable: true }],
      [1, {
        ips: [
          ...spec.ips ?? [],
          name.endsWith("6") ? spec.subnet.replace(/\/.*/, "77") : spec.subnet.replace("0/24", "77"),
        ],
      }],
      [1, { excludeIPs: [spec.ips![0]!] }],
    ]);
    trace.add("user", `edits ${name}: ${JSON.stringify(change)}`);
    await cluster.editPool(name, (old) => ({ ...old, ...change }));
    await clock.sleep(this.#dice.between(500, 20_000));
    trace.add("user", `restores ${name}`);
    await cluster.editPool(
      name,
      (old) => ({ ...spec, ips: old.ips ?? [], disable: false, excludeIPs: spec.excludeIPs ?? [] }),
    );
  }

  /** Some seconds in which the network hardly works and agents die. */
  async #storm(): Promise<void> {
    const world = this.#world;
    world.trace.add("sim", "a storm begins");
    world.setFaults(stormyFaults);
    for (const agent of world.agents) if (this.#dice.chance(0.5)) agent.killSoon(this.#dice.below(30));
    await world.clock.sleep(this.#dice.between(1000, 6000));
    world.setFaults(someFaults);
  }

  async #scale(): Promise<void> {
    const { cluster, checker, trace } = this.#world;
    const replicas = this.#replicas = 1 + this.#dice.below(MAX_REPLICAS);
    trace.add("user", `scales to ${replicas}`);
    await cluster.scale(replicas);
    for (let i = 0; i < replicas; i++) checker.ledger.nameWanted(cluster.statefulPod(i));
    for (let i = replicas; i < MAX_REPLICAS; i++) {
      checker.ledger.nameUnwanted(cluster.statefulPod(i));
      const life = [...this.#lives].find(({ plan }) => plan.name === cluster.statefulPod(i));
      if (life?.isUp) await life.terminate("orderly");
    }
  }

  #spawn(task: () => Promise<unknown>): void {
    this.#world.tasks.spawn(task);
  }
}
