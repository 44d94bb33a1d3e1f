import { Checker } from "./checker.ts";
import { Cluster } from "./cluster.ts";
import { CoWriter } from "./cowriter.ts";
import { Dice } from "./dice.ts";
import { Drag } from "./drag.ts";
import { FateBook, type Troubles } from "./fate_book.ts";
import { type FaultRates, noFaults } from "./faults.ts";
import { GcActor, type GcActorDeps } from "./gc_actor.ts";
import { KeyedDice } from "./keyed_dice.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import { Partitions } from "./partitions.ts";
import { PeerNet } from "./peer_net.ts";
import { Process } from "./process.ts";
import type { EndSandbox } from "./sandboxes.ts";
import { SimAgent } from "./sim_agent.ts";
import type { AgentMutation } from "./sim_agent_deps.ts";
import { SimClock } from "./sim_clock.ts";
import type { SimDeps } from "./sim_deps.ts";
import { SimTransport } from "./sim_transport.ts";
import { Tasks } from "./tasks.ts";
import { Trace } from "./trace.ts";

const START_MS = Date.UTC(2026, 0, 1);
const OUR_NODES = ["n1", "n2", "n3", "n4"];
const UPSTREAM_NODE = "up1";
/** The node whose agent writes for itself alone. */
const ALONE = "n4";
/** Most by which an agent's clock differs, in milliseconds. */
const MAX_SKEW_MS = 3000;

/** Deliberate damage, to see whether the checker notices it. */
export interface Mutation extends AgentMutation, Pick<GcActorDeps, "mutateClaims"> {}

/** What a {@linkcode World} is made from. */
export interface WorldOptions {
  readonly seed: number;
  /** @default none */
  readonly mutation?: Mutation;
  /** The network does this and nothing else. @default by chance */
  readonly troubles?: Troubles;
  /** Whether the trace keeps its lines. @default true */
  readonly isTraced?: boolean;
}

/** The cluster and everybody in it. */
export class World implements SimDeps {
  readonly seed: number;
  readonly clock = new SimClock(START_MS);
  readonly dice: Dice;
  readonly trace: Trace;
  readonly tasks = new Tasks();
  readonly ended: EndSandbox[] = [];
  readonly partitions = new Partitions();
  readonly drag = new Drag();
  readonly fates: FateBook;
  readonly cluster: Cluster;
  readonly checker: Checker;
  readonly agents: readonly SimAgent[];
  readonly upstream: NodeRuntime;
  readonly gc: GcActor;
  #rates = noFaults;

  constructor({ seed, mutation = {}, troubles, isTraced = true }: WorldOptions) {
    this.seed = seed;
    this.dice = new Dice(seed);
    this.trace = new Trace(this.clock, { isKept: isTraced });
    this.fates = new FateBook(new KeyedDice(this.dice.fork("fates")), troubles);
    this.cluster = new Cluster({ clock: this.clock, random: this.dice.fork("api").random });
    const { clock, trace, fates, partitions, drag, cluster: { api } } = this;
    const shared = { clock, trace, fates, partitions, drag, rates: () => this.#rates, mutation };
    const peers = new PeerNet({ ...shared, dice: new KeyedDice(this.dice.fork("peers")), strangers: [UPSTREAM_NODE] });
    this.agents = OUR_NODES.map((name) => {
      const dice = new KeyedDice(this.dice.fork(name));
      const skewMs = Math.round(dice.next("skew").between(-MAX_SKEW_MS, MAX_SKEW_MS));
      return new SimAgent({ ...shared, name, api: api.connect(name), dice, skewMs, ...name !== ALONE && { peers } });
    });
    this.upstream = new CoWriter({
      name: UPSTREAM_NODE,
      clock,
      dice: this.dice.fork(UPSTREAM_NODE),
      reserved: () => this.cluster.storedReservations(),
      transport: this.#immortalTransport(UPSTREAM_NODE, () => noFaults),
    });
    this.gc = new GcActor({
      clock,
      trace,
      dice: this.dice.fork("gc"),
      transport: this.#immortalTransport("gc", shared.rates),
      ...mutation.mutateClaims && { mutateClaims: mutation.mutateClaims },
    });
    this.checker = new Checker({ cluster: this.cluster, clock, disks: () => this.agents.map(({ disk }) => disk) });
    api.setFaults(({ client, verb, resource }) => {
      if (verb !== "watch") return undefined;
      const watch = fates.watch(`${client} ${resource}`, this.#rates !== noFaults);
      return watch && { watch };
    });
  }

  /** Makes the cluster, starts the agents and garbage collection. */
  async setUp(): Promise<void> {
    await this.cluster.setUp([...OUR_NODES, UPSTREAM_NODE]);
    for (const agent of this.agents) agent.start();
    this.gc.run().catch((err) => this.tasks.fail(err));
  }

  /** From now on requests go wrong this often. */
  setFaults(rates: FaultRates): void {
    this.#rates = rates;
  }

  #immortalTransport(client: string, rates: () => FaultRates): SimTransport {
    const { clock, trace, fates, partitions, drag } = this;
    const api = this.cluster.api.connect(client);
    return new SimTransport({ api, clock, trace, client, fates, partitions, drag, process: new Process(), rates });
  }
}
