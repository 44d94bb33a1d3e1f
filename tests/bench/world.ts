import { systemClock } from "../../net/base/clock.ts";
import { type Pod, pods } from "../../crd/core/mod.ts";
import { namespaces, nodes } from "../../crd/core/mod.ts";
import { type SpiderIPPool, spiderIPPools } from "../../crd/generated/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { AgentMaker, BenchAgent, BenchPod } from "./bench_agent.ts";
import { type BenchApi, startBenchApi, type Via } from "./bench_api.ts";
import { type Counts, sumCounts } from "./counts.ts";
import { forEachLimited } from "./limited.ts";
import type { PodPools } from "./pools.ts";

/** What a {@linkcode World} has. */
export interface WorldOptions {
  readonly via: Via;
  readonly agentMaker: AgentMaker;
  /** Number of nodes, each with one agent. */
  readonly agents: number;
  readonly pools: readonly SpiderIPPool[];
  /** Sets of Pods by name, spread over the nodes in turn. They exist before the agents start. */
  readonly podSets: Readonly<Record<string, { readonly count: number; readonly pools: PodPools }>>;
}

const NAMESPACE = "bench";
/** Objects made or deleted at a time, outside the measured time. */
const PARALLEL = 16;
/** Pause before a measurement in which watches get over what happened before, in milliseconds. */
const SETTLE_MS = 300;

/** An API server with pools, nodes and Pods, and the agents of those nodes. */
export class World implements AsyncDisposable {
  readonly agents: readonly BenchAgent[];
  readonly #podSets: ReadonlyMap<string, readonly BenchPod[]>;
  readonly #api: BenchApi;
  readonly #admin: KubeTransport;

  private constructor(parts: {
    readonly agents: readonly BenchAgent[];
    readonly podSets: ReadonlyMap<string, readonly BenchPod[]>;
    readonly api: BenchApi;
    readonly admin: KubeTransport;
  }) {
    this.agents = parts.agents;
    this.#podSets = parts.podSets;
    this.#api = parts.api;
    this.#admin = parts.admin;
  }

  /** Makes everything and waits until the agents are ready. */
  static async create(options: WorldOptions): Promise<World> {
    const api = await startBenchApi(options.via);
    const admin = api.connect("admin");
    const podSets = await fill(admin, options);
    const names = Array.from({ length: options.agents }, (_, i) => nodeName(i));
    const agents = await Promise.all(names.map((name) => options.agentMaker(name, api.connect(`agent-${name}`))));
    return new World({ agents, podSets, api, admin });
  }

  /** Pods of a set. @throws {TypeError} if there is no such set */
  pods(set: string): readonly BenchPod[] {
    const found = this.#podSets.get(set);
    if (found === undefined) throw new TypeError(`Cannot find Pods "${set}": the world has no such set`);
    return found;
  }

  /** Deletes Pods as a user does: they are terminating from now on, and stay until a kubelet has stopped them. */
  async terminate(terminated: readonly BenchPod[]): Promise<void> {
    const client = resourceClient(this.#admin, pods, { clock: systemClock });
    await forEachLimited(terminated, PARALLEL, ({ name, namespace }) => client.delete({ name, namespace }));
  }

  /** Lets watches catch up, then counts from zero. */
  async settle(): Promise<void> {
    await systemClock.sleep(SETTLE_MS);
    for (const agent of this.agents) agent.reset();
  }

  /** Requests of all agents since the last {@linkcode settle}. */
  counts(): Counts {
    return sumCounts(this.agents.map((agent) => agent.counts()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.agents) await agent[Symbol.asyncDispose]();
    await this.#api[Symbol.asyncDispose]();
  }
}

function nodeName(index: number): string {
  return `node-${index}`;
}

async function fill(admin: KubeTransport, options: WorldOptions): Promise<ReadonlyMap<string, readonly BenchPod[]>> {
  const clock = systemClock;
  await resourceClient(admin, namespaces, { clock })
    .create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  for (const pool of options.pools) await resourceClient(admin, spiderIPPools, { clock }).create(pool);
  for (let i = 0; i < options.agents; i++) {
    await resourceClient(admin, nodes, { clock })
      .create({ apiVersion: "v1", kind: "Node", metadata: { name: nodeName(i) } });
  }
  const sets = new Map<string, readonly BenchPod[]>();
  for (const [name, set] of Object.entries(options.podSets)) {
    sets.set(name, await createPods(admin, { ...set, prefix: name, agents: options.agents }));
  }
  return sets;
}

async function createPods(
  admin: KubeTransport,
  { count, pools, prefix, agents }: { count: number; pools: PodPools; prefix: string; agents: number },
): Promise<readonly BenchPod[]> {
  const client = resourceClient(admin, pods, { clock: systemClock });
  const created = new Array<BenchPod>(count);
  await forEachLimited(created.keys(), PARALLEL, async (i) => {
    const { metadata: { name, uid = "" } } = await client.create(podOf(`${prefix}-${i}`, nodeName(i % agents)));
    created[i] = { namespace: NAMESPACE, name, uid, agent: i % agents, pools };
  });
  return created;
}

function podOf(name: string, node: string): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE },
    spec: { nodeName: node, containers: [{ name: "main", image: "none" }] },
  };
}
