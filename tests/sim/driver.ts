import { drawOperation } from "./draw.ts";
import { MAX_LATE_MS } from "./faults.ts";
import { SCAN_INTERVAL_MS } from "./gc_actor.ts";
import { KeyedDice } from "./keyed_dice.ts";
import { Lives } from "./lives.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { Operation, OperationOf, Planned } from "./operation.ts";
import { PodLife } from "./pod_life.ts";
import { podNetworks } from "./pool_specs.ts";
import { PoolUsers } from "./pool_users.ts";
import type { Climate } from "./simulate.ts";
import { StatefulSetUsers } from "./stateful_set.ts";
import { Violation } from "./violation.ts";
import { Vms } from "./vms.ts";
import { Weather } from "./weather.ts";
import type { World } from "./world.ts";

/** Longer than any operation disturbs, and than two looks of an agent through its journal, in milliseconds. */
const CALM_MS = MAX_LATE_MS + 70_000;

/** Whoever acts on the cluster from outside: users, controllers, mishaps. */
export class Driver {
  readonly #world: World;
  readonly #climate: Climate;
  readonly #lives = new Lives();
  readonly #draws: KeyedDice;
  readonly #weather: Weather;
  readonly #pools: PoolUsers;
  readonly #statefulSet: StatefulSetUsers;
  readonly #vms: Vms;

  constructor(world: World, climate: Climate) {
    this.#world = world;
    this.#climate = climate;
    this.#draws = new KeyedDice(world.dice.fork("draws"));
    this.#weather = new Weather(world, climate.rates);
    this.#pools = new PoolUsers(world, this.#lives);
    this.#statefulSet = new StatefulSetUsers(world, this.#lives);
    const node = (name: string) => this.#node(name);
    this.#vms = new Vms({ world, objects: world.cluster.vms, lives: this.#lives, node });
  }

  /** From now on things go wrong. */
  begin(): void {
    this.#weather.worsen();
  }

  /** Draws the operation that comes next. */
  draw(id: number): Operation {
    const { agents, upstream } = this.#world;
    const scene = {
      id,
      lives: this.#lives.all(),
      nodes: agents.map(({ name }) => name),
      upstreamNode: upstream.name,
      statefulNetwork: this.#statefulSet.network,
      stateful: this.#statefulSet.names(),
      vms: this.#vms.states(),
    };
    return drawOperation(scene, { dice: this.#draws.at(String(id)), mix: this.#climate.mix ?? {} });
  }

  /** Begins one operation; what it is about may be gone by now. Only a lull is waited for. */
  async perform({ id, operation }: Planned): Promise<void> {
    if (operation.do === "lull") return await this.#lull();
    this.#world.tasks.spawn(async () => await this.#do(id, operation));
  }

  /** Deletes all Pods and restores what was edited; resolves when nothing runs any more. */
  async windUp(): Promise<void> {
    const { tasks } = this.#world;
    await this.#statefulSet.windUp();
    tasks.spawn(() => this.#vms.windUp());
    for (const life of this.#lives.all()) tasks.spawn(() => life.terminate("orderly"));
    await tasks.ended();
    this.#weather.clear();
  }

  #do(id: number, operation: Exclude<Operation, { do: "lull" }>): void | Promise<unknown> {
    const { gc, cluster } = this.#world;
    switch (operation.do) {
      case "create":
        return this.#create(id, operation);
      case "end":
        return this.#lives.get(operation.life)?.terminate(operation.style);
      case "replace-sandbox":
        return this.#lives.get(operation.life)?.replaceSandbox();
      case "repeat-add":
        return this.#lives.get(operation.life)?.repeatAdd();
      case "conflict":
        return this.#lives.get(operation.life)?.conflict();
      case "check":
        return this.#lives.get(operation.life)?.check();
      case "hang-up":
        return this.#lives.get(operation.life)?.hangUp();
      case "start-vm":
        return this.#vms.start(id, operation);
      case "migrate-vm":
        return this.#vms.migrate(id, operation);
      case "stop-vm":
        return this.#vms.stop(operation);
      case "edit-pool":
        return this.#pools.edit(operation);
      case "recreate-pool":
        return this.#pools.recreate(operation);
      case "reserve":
        return this.#pools.reserve(id, operation);
      case "retemplate":
        return this.#statefulSet.retemplate(operation);
      case "scale":
        return this.#statefulSet.scale(operation);
      case "kill":
        return this.#weather.kill(operation);
      case "partition":
        return this.#weather.partition(operation);
      case "slow-down":
        return this.#weather.slowDown(operation);
      case "storm":
        return this.#weather.storm(operation);
      case "step-clock":
        return this.#weather.stepClock(operation);
      case "scan":
        return gc.scan();
      case "compact":
        return cluster.api.compact();
    }
  }

  /** Some minutes in which nobody does anything and nothing goes wrong: everything comes to rest. @throws {Violation} */
  async #lull(): Promise<void> {
    const { clock, checker, trace } = this.#world;
    trace.add("sim", "a lull begins");
    this.#weather.clear();
    await clock.sleep(CALM_MS);
    await clock.sleep(4 * SCAN_INTERVAL_MS);
    checker.checkSettled();
    for (const { lastAdd, isUp, isStopping, plan: { name, node } } of this.#lives.all()) {
      if (isUp || isStopping || !node.isOurs || lastAdd?.kind !== "failed") continue;
      throw new Violation("I4", `nothing goes wrong any more, but ${name} is told: ${lastAdd.message}`, [name]);
    }
    trace.add("sim", "the lull ends");
    this.#weather.worsen();
  }

  async #create(id: number, operation: OperationOf<"create">): Promise<void> {
    const { name, owner, node, network, isAnonymous } = operation;
    if (this.#lives.named(name) !== undefined) return;
    if (owner === "StatefulSet" && !this.#statefulSet.begin(name, network)) return;
    const plan = { name, owner, node: this.#node(node), network: podNetworks[network]! };
    const dice = this.#world.dice.fork(`life ${id}`);
    await this.#lives.run(new PodLife(this.#world, { ...plan, ...isAnonymous && { isAnonymous } }, { id, dice }));
  }

  #node(nodeName: string): NodeRuntime {
    const { agents, upstream } = this.#world;
    return agents.find(({ name }) => name === nodeName) ?? upstream;
  }
}
