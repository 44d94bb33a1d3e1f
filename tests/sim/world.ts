import { Checker } from "./checker.ts";
import { Cluster } from "./cluster.ts";
import { CoWriter } from "./cowriter.ts";
import { Dice } from "./dice.ts";
import { type FaultRates, noFaults, someFaults } from "./faults.ts";
import { GcActor, type GcActorDeps } from "./gc_actor.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import { Process } from "./process.ts";
import { type AgentMutation, SimAgent } from "./sim_agent.ts";
import { SimClock } from "./sim_clock.ts";
import type { EndSandbox } from "./sandboxes.ts";
import type { SimDeps } from "./sim_deps.ts";
import { SimTransport } from "./sim_transport.ts";
import { Tasks } from "./tasks.ts";
import { Trace } from "./trace.ts";
import { watchFaults } from "./watch_faults.ts";

const START_MS = Date.UTC(2026, 0, 1);
const OUR_NODES = ["n1", "n2", "n3", "n4"];
const UPSTREAM_NODE = "up1";

/** Deliberate damage, to see whether the checker notices it. */
export interface Mutation extends AgentMutation, Pick<GcActorDeps, "mutateClaims"> {}

/** What a {@linkcode World} is made from. */
export interface WorldOptions {
  readonly seed: number;
  /** @default none */
  readonly mutation?: Mutation;
}

/** The cluster and everybody in it. */
export class World implements SimDeps {
  readonly clock = new SimClock(START_MS);
  readonly dice: Dice;
  readonly trace: Trace;
  readonly tasks = new Tasks();
  readonly ended: EndSandbox[] = [];
  readonly cluster: Cluster;
  readonly checker: Checker;
  readonly agents: readonly SimAgent[];
  readonly upstream: NodeRuntime;
  readonly gc: GcActor;
  #rates = noFaults;

  constructor({ seed, mutation = {} }: WorldOptions) {
    this.dice = new Dice(seed);
    this.trace = new Trace(this.clock);
    this.cluster = new Cluster({ clock: this.clock, random: this.dice.fork("api").random });
    const rates = () => this.#rates;
    const { clock, trace, cluster: { api } } = this;
    this.agents = OUR_NODES.map((name) =>
      new SimAgent({ name, api: api.connect(name), clock, trace, rates, mutation, dice: this.dice.fork(name) })
    );
    this.upstream = new CoWriter({
      name: UPSTREAM_NODE,
      clock,
      dice: this.dice.fork(UPSTREAM_NODE),
      transport: this.#immortalTransport(UPSTREAM_NODE, () => noFaults),
    });
    this.gc = new GcActor({
      clock,
      trace,
      dice: this.dice.fork("gc"),
      transport: this.#immortalTransport("gc", rates),
      ...mutation.mutateClaims && { mutateClaims: mutation.mutateClaims },
    });
    this.checker = new Checker({ cluster: this.cluster, clock, disks: () => this.agents.map(({ disk }) => disk) });
  }

  /** Makes the cluster and starts the agents. */
  async setUp(): Promise<void> {
    await this.cluster.setUp([...OUR_NODES, UPSTREAM_NODE]);
    for (const agent of this.agents) agent.start();
    this.setFaults(someFaults);
  }

  /** From now on requests go wrong this often. */
  setFaults(rates: FaultRates): void {
    this.#rates = rates;
    this.cluster.api.setFaults(
      rates === noFaults ? undefined : watchFaults(this.dice.fork(`watches ${this.trace.count}`)),
    );
  }

  #immortalTransport(client: string, rates: () => FaultRates): SimTransport {
    const { clock, trace } = this;
    const dice = this.dice.fork(`${client} net`);
    const api = this.cluster.api.connect(client);
    return new SimTransport({ api, clock, trace, client, dice, process: new Process(), rates });
  }
}
