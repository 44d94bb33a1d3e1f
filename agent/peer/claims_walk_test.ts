/**
 * Random walks of agents, networks and API servers that misbehave: what an agent says must be true when it says it, and
 * stay true until it says otherwise.
 */
import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type Random, seededRandom } from "../../net/base/random.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { FakePoolStore, poolObject } from "../../crd/ipam/fake_pool_store.ts";
import type { PoolStatusWrite, PoolStore } from "../../crd/ipam/pool_store.ts";
import { ownersIn } from "../../crd/ipam/writer_fixture.ts";
import { KubeApiError, KubeConnectionError } from "../../crd/kube/errors.ts";
import type { LifeNote } from "./contract.ts";
import { type FakeAgent, fakeAgent, memoryNote } from "./fake_agent.ts";
import { FakeNetwork, type Hop } from "./fake_network.ts";

const NODES = ["n1", "n2", "n3"];
const PODS_PER_NODE = 3;
const ADDRESSES = "10.1.0.1-10.1.0.40";

/** What a node's kubelet wants of a Pod, and what the agent last said of it. */
interface WalkingPod {
  readonly uid: string;
  /** The address that the agent said it has; absent when it said that it has none, or is at it. */
  address?: string | undefined;
  /** Whether the agent said that nothing is held. */
  isFree: boolean;
}

/** The time between the start and the end of a process. */
class Life {
  readonly #ended = Promise.withResolvers<undefined>();
  isOver = false;

  /** Resolves when it is over. */
  get ended(): Promise<undefined> {
    return this.#ended.promise;
  }

  end(): void {
    this.isOver = true;
    this.#ended.resolve(undefined);
  }
}

class Walk {
  readonly clock = new FakeClock(1_000_000);
  readonly store = new FakePoolStore([poolObject({ ips: [ADDRESSES] })]);
  readonly network = new FakeNetwork(this.clock);
  readonly pods: WalkingPod[] = [];
  readonly #random: Random;
  readonly #agents = new Map<string, { agent: FakeAgent; life: Life }>();
  readonly #notes = new Map(NODES.map((node): [string, LifeNote] => [node, memoryNote({ keptMs: Infinity })]));
  /** Whether anything goes wrong. */
  isRough = true;
  said = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    for (const node of NODES) this.start(node);
    for (const node of NODES) this.network.always(node, this.#hop());
  }

  agentOf(node: string): { readonly agent: FakeAgent; readonly life: Life } {
    return this.#agents.get(node)!;
  }

  chance(probability: number): boolean {
    return this.isRough && this.#random() < probability;
  }

  /** Milliseconds, mostly few. */
  someMs(most: number): number {
    return most * this.#random() ** 4;
  }

  /** Kills the agent of `node`, if there is one, and starts another. */
  start(node: string): void {
    const former = this.#agents.get(node);
    former?.life.end();
    const life = new Life();
    const agent = fakeAgent({
      node,
      store: this.#storeOf(life),
      network: this.network,
      peers: NODES,
      reserved: () => AddressSet.empty(4),
      clock: this.clock,
      monotonic: () => this.clock.now(),
      inherited: former === undefined ? [] : ["p"],
      note: this.#notes.get(node)!,
    });
    this.#agents.set(node, { agent, life });
    this.network.committers.set(node, agent.committer);
  }

  /** Everything that was said must be so. */
  check(): void {
    const owners = ownersIn(this.store.get("p").status?.allocatedIPs);
    const uids = Object.values(owners);
    assert.equal(new Set(uids).size, uids.length, "one address a Pod");
    for (const { uid, address, isFree } of this.pods) {
      if (address !== undefined) assert.equal(owners[address], uid, `${uid} lost ${address}`);
      if (isFree) assert.ok(!uids.includes(uid), `${uid} holds an address that nobody knows of`);
    }
    this.said++;
  }

  /** The API server as a process sees it: it takes time, loses answers, and does some writes later. A dead process asks nothing. */
  #storeOf(life: Life): PoolStore {
    const { store, clock } = this;
    const travel = async (most = 60) => {
      if (life.isOver) await new Promise(() => {});
      await clock.sleep(this.someMs(most));
    };
    const done = async <T>(answer: T): Promise<T> => {
      await clock.sleep(this.someMs(60));
      if (life.isOver) await new Promise(() => {});
      if (this.chance(0.03)) throw new KubeConnectionError("GET pool");
      return answer;
    };
    return {
      read: async (name) => {
        await travel();
        return await done(await store.read(name));
      },
      version: async (name) => {
        await travel();
        return await done(await store.version(name));
      },
      writeStatus: async (write) => {
        await travel(this.chance(0.1) ? 3_000 : 60);
        if (this.chance(0.05)) {
          void clock.sleep(this.someMs(8_000)).then(() => this.#late(write));
          throw new KubeConnectionError("PUT pool");
        }
        return await done(await store.writeStatus(write));
      },
    };
  }

  async #late(write: PoolStatusWrite): Promise<void> {
    try {
      await this.store.writeStatus(write);
    } catch (err) {
      if (!(err instanceof KubeApiError)) throw err; // a conflict: somebody wrote meanwhile
    }
    this.check();
  }

  /** The network: slow, breaking before and after, delivering late. */
  #hop(): Hop {
    const { clock } = this;
    return async (_message, next) => {
      await clock.sleep(this.someMs(20));
      const fate = this.isRough ? this.#random() : 1;
      if (fate < 0.05) return { kind: "refused", reason: "connection refused" };
      if (fate < 0.10) {
        void clock.sleep(this.someMs(6_000)).then(next);
        return { kind: "unknown", reason: "connection reset" };
      }
      if (fate < 0.15) await clock.sleep(this.someMs(6_000));
      const answer = await next();
      await clock.sleep(fate < 0.20 ? this.someMs(6_000) : this.someMs(20));
      return fate < 0.25 ? { kind: "unknown", reason: "connection reset" } : answer;
    };
  }
}

/** A kubelet that starts and ends one Pod after the other under one UID, and repeats what fails. */
async function live(walk: Walk, { node, uid, rounds }: { node: string; uid: string; rounds: number }): Promise<void> {
  const pod: WalkingPod = { uid, isFree: true };
  walk.pods.push(pod);
  for (let round = 0; round < rounds; round++) {
    pod.isFree = false;
    for (let tries = 0; tries < 3 && pod.address === undefined; tries++) await claim(walk, { node, pod });
    await walk.clock.sleep(walk.someMs(5_000));
    pod.address = undefined;
    while (!pod.isFree) await release(walk, { node, pod });
    await walk.clock.sleep(walk.someMs(5_000));
  }
}

async function claim(walk: Walk, { node, pod }: { node: string; pod: WalkingPod }): Promise<void> {
  const caller = new AbortController();
  if (walk.chance(0.15)) void walk.clock.sleep(walk.someMs(4_000)).then(() => caller.abort(new Error("gone")));
  const got = await asked(
    walk,
    node,
    (agent, deadlineMs) => agent.claim(pod.uid, { deadlineMs, signal: caller.signal }),
  );
  const address = /^10\.\S+/.exec(got ?? "")?.[0];
  if (address === undefined) return;
  pod.address = address;
  walk.check();
}

async function release(walk: Walk, { node, pod }: { node: string; pod: WalkingPod }): Promise<void> {
  const got = await asked(walk, node, (agent, deadlineMs) => agent.release(pod.uid, { deadlineMs }));
  if (!got?.startsWith("released")) return;
  pod.isFree = true;
  walk.check();
}

/** Asks the agent of the node; `undefined` when that dies meanwhile. */
async function asked(
  walk: Walk,
  node: string,
  ask: (agent: FakeAgent, deadlineMs: number) => Promise<string>,
): Promise<string | undefined> {
  const { agent, life } = walk.agentOf(node);
  return await Promise.race([ask(agent, walk.clock.now() + 10_000), life.ended]);
}

async function kill(walk: Walk, isRunning: () => boolean): Promise<void> {
  while (isRunning()) {
    await walk.clock.sleep(500 + walk.someMs(30_000));
    if (walk.chance(0.7)) walk.start(NODES[Math.floor(walk.someMs(1) ** 0.25 * NODES.length)]!);
  }
}

for (const seed of [1, 2, 3, 4]) {
  Deno.test(`agents, networks and an API server that misbehave: what is said is so, seed ${seed}`, async () => {
    const walk = new Walk(seed);
    let isRunning = true;
    const lives = NODES.flatMap((node) =>
      Array.from({ length: PODS_PER_NODE }, (_, i) => live(walk, { node, uid: `${node}-${i}`, rounds: 12 }))
    );
    const all = Promise.all(lives).finally(() => isRunning = false);
    const killing = kill(walk, () => isRunning);
    await driven(walk.clock, all);
    walk.isRough = false;
    await walk.clock.run(60_000);
    await killing;
    walk.check();
    assert.deepEqual(ownersIn(walk.store.get("p").status?.allocatedIPs), {}, "nothing is left");
    assert.ok(walk.said > 100);
  });
}

/** Waits for `promise`; the clock moves from sleeper to sleeper meanwhile. */
async function driven(clock: FakeClock, promise: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = () => void (ended = true);
  promise.then(end, end);
  const untilMs = clock.now() + 3_600_000;
  for (await clock.run(0); !ended; await clock.run(0)) {
    const next = clock.next() ?? Infinity;
    if (next > untilMs) throw new Error("Cannot go on: the walk takes over an hour");
    clock.advance(next - clock.now());
  }
  await promise;
}
