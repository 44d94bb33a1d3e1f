import { KeyedDice } from "./keyed_dice.ts";
import { drawOperation, MAX_REPLICAS } from "./draw.ts";
import { MAX_LATE_MS, noFaults, someFaults, stormyFaults } from "./faults.ts";
import { SCAN_INTERVAL_MS } from "./gc_actor.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { Operation, Planned } from "./operation.ts";
import { REPLICAS } from "./owners.ts";
import { PodLife } from "./pod_life.ts";
import { podNetworks, poolSpecs, statefulNetworks } from "./pool_specs.ts";
import { Violation } from "./violation.ts";
import type { Climate } from "./simulate.ts";
import type { World } from "./world.ts";

/** Longer than any operation disturbs, and than two looks of an agent through its journal, in milliseconds. */
const CALM_MS = MAX_LATE_MS + 70_000;
/** Pause between two looks whether a pool may go, in milliseconds. */
const FINALIZE_MS = 1000;

type Of<Verb extends Operation["do"]> = Extract<Operation, { do: Verb }>;

/** Whoever acts on the cluster from outside: users, controllers, mishaps. */
export class Driver {
  readonly #world: World;
  readonly #climate: Climate;
  readonly #lives = new Map<number, PodLife>();
  readonly #draws: KeyedDice;
  #replicas = REPLICAS;
  #statefulNetwork = statefulNetworks[0]!;
  /** How the last Pod of each name of the StatefulSet was connected. */
  readonly #networks = new Map<string, number>();
  /** Storms that rage. */
  #storms = 0;
  /** Whether faults may happen. */
  #isFaulty = false;

  constructor(world: World, climate: Climate) {
    this.#world = world;
    this.#climate = climate;
    this.#draws = new KeyedDice(world.dice.fork("draws"));
    for (let i = 0; i < REPLICAS; i++) world.checker.ledger.nameWanted(world.cluster.statefulPod(i));
  }

  /** From now on things go wrong. */
  begin(): void {
    this.#setFaulty(true);
  }

  /** Draws the operation that comes next. */
  draw(id: number): Operation {
    const { agents, upstream } = this.#world;
    const scene = {
      id,
      lives: [...this.#lives.values()],
      nodes: agents.map(({ name }) => name),
      upstreamNode: upstream.name,
      statefulNetwork: this.#statefulNetwork,
      stateful: Array.from({ length: this.#replicas }, (_, i) => this.#world.cluster.statefulPod(i)),
    };
    return drawOperation(scene, { dice: this.#draws.at(String(id)), mix: this.#climate.mix ?? {} });
  }

  /** Begins one operation; what it is about may be gone by now. Only a lull is waited for. */
  async perform({ id, operation }: Planned): Promise<void> {
    if (operation.do === "lull") return await this.#lull();
    this.#spawn(() => this.#do(id, operation));
  }

  /** Deletes all Pods and restores what was edited; resolves when nothing runs any more. */
  async windUp(): Promise<void> {
    const { cluster, tasks, checker } = this.#world;
    await cluster.scale(0);
    for (let i = 0; i < MAX_REPLICAS; i++) checker.ledger.nameUnwanted(cluster.statefulPod(i));
    for (const life of this.#lives.values()) this.#spawn(() => life.terminate("orderly"));
    await tasks.ended();
    this.#setFaulty(false);
  }

  async #do(id: number, operation: Exclude<Operation, { do: "lull" }>): Promise<void> {
    const { agents, gc, cluster } = this.#world;
    switch (operation.do) {
      case "create":
        return await this.#create(id, operation);
      case "end":
        return await this.#lives.get(operation.life)?.terminate(operation.style);
      case "replace-sandbox":
        return await this.#lives.get(operation.life)?.replaceSandbox();
      case "repeat-add":
        return await this.#lives.get(operation.life)?.repeatAdd();
      case "conflict":
        return await this.#lives.get(operation.life)?.conflict();
      case "check":
        return await this.#lives.get(operation.life)?.check();
      case "hang-up":
        return this.#lives.get(operation.life)?.hangUp();
      case "kill":
        return agents.find(({ name }) => name === operation.node)?.killSoon(operation.steps);
      case "scan":
        return await gc.scan();
      case "edit-pool":
        return await this.#editPool(operation);
      case "recreate-pool":
        return await this.#recreatePool(operation);
      case "reserve":
        return await this.#reserve(id, operation);
      case "retemplate":
        this.#statefulNetwork = operation.network;
        return;
      case "scale":
        return await this.#scale(operation);
      case "partition":
        return await this.#partition(operation);
      case "storm":
        return await this.#storm(operation);
      case "step-clock":
        return agents.find(({ name }) => name === operation.node)?.stepClock(operation.byMs);
      case "compact":
        return cluster.api.compact();
    }
  }

  /** Some minutes in which nobody does anything and nothing goes wrong: everything comes to rest. @throws {Violation} */
  async #lull(): Promise<void> {
    const { clock, checker, trace } = this.#world;
    trace.add("sim", "a lull begins");
    this.#setFaulty(false);
    await clock.sleep(CALM_MS);
    await clock.sleep(4 * SCAN_INTERVAL_MS);
    checker.checkSettled();
    for (const { lastAdd, isUp, isStopping, plan: { name, node } } of this.#lives.values()) {
      if (isUp || isStopping || !node.isOurs || lastAdd?.kind !== "failed") continue;
      throw new Violation("I4", `nothing goes wrong any more, but ${name} is told: ${lastAdd.message}`, [name]);
    }
    trace.add("sim", "the lull ends");
    this.#setFaulty(true);
  }

  async #create(id: number, { name, owner, node: nodeName, network, isAnonymous }: Of<"create">): Promise<void> {
    if ([...this.#lives.values()].some(({ plan }) => plan.name === name)) return;
    const { ledger } = this.#world.checker;
    if (owner === "StatefulSet") {
      if (!ledger.isWanted(name)) return;
      if (this.#networks.get(name) !== network) ledger.intentChanged(name);
      this.#networks.set(name, network);
    }
    const plan = { name, owner, node: this.#node(nodeName), network: podNetworks[network]! };
    const dice = this.#world.dice.fork(`life ${id}`);
    const life = new PodLife(this.#world, { ...plan, ...isAnonymous && { isAnonymous } }, { id, dice });
    this.#lives.set(id, life);
    await life.run();
    this.#lives.delete(id);
  }

  #node(nodeName: string): NodeRuntime {
    const { agents, upstream } = this.#world;
    return agents.find(({ name }) => name === nodeName) ?? upstream;
  }

  async #editPool({ pool, change, forMs }: Of<"edit-pool">): Promise<void> {
    const { cluster, clock, trace } = this.#world;
    const spec = poolSpecs[pool]!;
    trace.add("user", `edits ${pool}: ${JSON.stringify(change)}`);
    await cluster.editPool(pool, (old) => ({ ...old, ...change }));
    await clock.sleep(forMs);
    trace.add("user", `restores ${pool}`);
    const { excludeIPs = [] } = spec;
    await cluster.editPool(pool, (old) => ({ ...spec, ips: old.ips ?? [], disable: false, excludeIPs }));
  }

  async #recreatePool({ pool, forMs }: Of<"recreate-pool">): Promise<void> {
    const { cluster, clock, trace, checker } = this.#world;
    const stored = await cluster.pools.tryGet({ name: pool });
    if (stored === undefined || stored.metadata.deletionTimestamp !== undefined) return;
    trace.add("user", `deletes pool ${pool}`);
    await cluster.pools.delete({ name: pool });
    const holders = new Set(
      [...checker.mirror.records()].flatMap((one) => one.pool === pool ? [one.record.podUid] : []),
    );
    for (const life of this.#lives.values()) if (holders.has(life.uid)) this.#spawn(() => life.terminate("orderly"));
    while (!await cluster.finalizePool(pool)) await clock.sleep(FINALIZE_MS);
    trace.add("cluster", `pool ${pool} gone`);
    await clock.sleep(forMs);
    await cluster.createPool(pool);
    trace.add("user", `creates pool ${pool}`);
  }

  async #reserve(id: number, { address, forMs }: Of<"reserve">): Promise<void> {
    const { cluster, clock, trace, checker: { reservations } } = this.#world;
    trace.add("user", `reserves ${address}`);
    await cluster.reserve(`reserved-${id}`, address);
    const end = reservations.begin(address, () => clock.now());
    await clock.sleep(forMs);
    await cluster.unreserve(`reserved-${id}`);
    end();
    trace.add("user", `no longer reserves ${address}`);
  }

  async #scale({ replicas }: Of<"scale">): Promise<void> {
    const { cluster, checker: { ledger }, trace } = this.#world;
    this.#replicas = replicas;
    trace.add("user", `scales to ${replicas}`);
    await cluster.scale(replicas);
    for (let i = 0; i < replicas; i++) ledger.nameWanted(cluster.statefulPod(i));
    for (let i = replicas; i < MAX_REPLICAS; i++) {
      const name = cluster.statefulPod(i);
      ledger.nameUnwanted(name);
      const life = [...this.#lives.values()].find(({ plan }) => plan.name === name);
      if (life?.isUp) await life.terminate("orderly");
    }
  }

  async #partition({ client, forMs }: Of<"partition">): Promise<void> {
    const { clock, trace, partitions } = this.#world;
    trace.add("sim", `${client} is cut off`);
    partitions.cut(client);
    await clock.sleep(forMs);
    partitions.mend(client);
    trace.add("sim", `${client} is back`);
  }

  /** Some seconds in which the network hardly works and agents die. */
  async #storm({ forMs, kills }: Of<"storm">): Promise<void> {
    const { agents, clock, trace } = this.#world;
    trace.add("sim", "a storm begins");
    this.#storms++;
    this.#setRates();
    for (const agent of agents) {
      const steps = kills[agent.name];
      if (steps !== undefined) agent.killSoon(steps);
    }
    await clock.sleep(forMs);
    this.#storms--;
    this.#setRates();
  }

  #setFaulty(isFaulty: boolean): void {
    this.#isFaulty = isFaulty;
    if (!isFaulty) { for (const agent of this.#world.agents) agent.spare(); }
    this.#setRates();
  }

  #setRates(): void {
    const { rates = someFaults } = this.#climate;
    this.#world.setFaults(!this.#isFaulty ? noFaults : this.#storms > 0 ? stormyFaults : rates);
  }

  #spawn(task: () => Promise<unknown>): void {
    this.#world.tasks.spawn(task);
  }
}
