import { type FaultRates, noFaults, someFaults, stormyFaults } from "./faults.ts";
import type { OperationOf } from "./operation.ts";
import type { World } from "./world.ts";

/** What goes wrong by itself: how often requests do, storms, partitions, agents that die or become slow. */
export class Weather {
  readonly #world: World;
  readonly #rates: FaultRates;
  /** Storms that rage. */
  #storms = 0;
  /** Whether faults may happen. */
  #isFaulty = false;

  /** @param rates what goes wrong in the network outside of storms and lulls */
  constructor(world: World, rates: FaultRates = someFaults) {
    this.#world = world;
    this.#rates = rates;
  }

  /** From now on things go wrong. */
  worsen(): void {
    this.#isFaulty = true;
    this.#setRates();
  }

  /** From now on nothing goes wrong. */
  clear(): void {
    this.#isFaulty = false;
    for (const agent of this.#world.agents) agent.spare();
    this.#setRates();
  }

  kill({ node, steps }: OperationOf<"kill">): void {
    this.#world.agents.find(({ name }) => name === node)?.killSoon(steps);
  }

  stepClock({ node, byMs }: OperationOf<"step-clock">): void {
    this.#world.agents.find(({ name }) => name === node)?.stepClock(byMs);
  }

  async partition({ client, forMs }: OperationOf<"partition">): Promise<void> {
    const { clock, trace, partitions } = this.#world;
    trace.add("sim", `${client} is cut off`);
    partitions.cut(client);
    await clock.sleep(forMs);
    partitions.mend(client);
    trace.add("sim", `${client} is back`);
  }

  /** An agent that is alive and late in all it does: it has no CPU, or its disk hangs. */
  async slowDown({ node, byMs, forMs }: OperationOf<"slow-down">): Promise<void> {
    const { clock, trace, drag } = this.#world;
    trace.add("sim", `${node} becomes slow`);
    drag.begin(node, byMs);
    await clock.sleep(forMs);
    drag.end(node, { ms: byMs, nowMs: clock.now() });
    trace.add("sim", `${node} is as fast as ever`);
  }

  /** Some seconds in which the network hardly works and agents die. */
  async storm({ forMs, kills }: OperationOf<"storm">): Promise<void> {
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

  #setRates(): void {
    this.#world.setFaults(!this.#isFaulty ? noFaults : this.#storms > 0 ? stormyFaults : this.#rates);
  }
}
