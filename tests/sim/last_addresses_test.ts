import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { Cluster, NAMESPACE } from "./cluster.ts";
import { Dice } from "./dice.ts";
import { Drag } from "./drag.ts";
import { FateBook } from "./fate_book.ts";
import { noFaults } from "./faults.ts";
import { KeyedDice } from "./keyed_dice.ts";
import { Partitions } from "./partitions.ts";
import { PeerNet } from "./peer_net.ts";
import { drive } from "./scheduler.ts";
import { SimAgent } from "./sim_agent.ts";
import { SimClock } from "./sim_clock.ts";
import { Trace } from "./trace.ts";

const ROUNDS = 1000;
/** How long a refusal may take: a second's wait for a free address, and a try begun in time with its pauses after conflicts. */
const REFUSAL_MS = 2500;

const cases: readonly { readonly name: string; readonly hasPeers: boolean }[] = [
  { name: "each agent writes for itself", hasPeers: false },
  { name: "the agents share their writes", hasPeers: true },
];

for (const { name, hasPeers } of cases) {
  Deno.test(`of two Pods that need the last addresses of two pools one gets both, the other holds nothing, ${ROUNDS} times: ${name}`, async () => {
    const scene = new Scene(hasPeers);
    await drive(scene.play(), { clock: scene.clock, afterStep() {} });
  });
}

/** Two nodes, two pools of one address each, and no faults: what is left to chance are latencies. */
class Scene {
  readonly clock = new SimClock(Date.UTC(2026, 0, 1));
  readonly #cluster: Cluster;
  readonly #dice = new Dice(1);
  readonly #agents: readonly SimAgent[];
  readonly #wins = [0, 0];

  constructor(hasPeers: boolean) {
    const { clock } = this;
    this.#cluster = new Cluster({ clock, random: this.#dice.fork("api").random });
    const dice = new KeyedDice(this.#dice.fork("agents"));
    const trace = new Trace(clock, { isKept: false });
    const [fates, partitions, rates] = [new FateBook(dice), new Partitions(), () => noFaults];
    const shared = { clock, dice, fates, partitions, drag: new Drag(), trace, rates };
    const peers = hasPeers ? { peers: new PeerNet({ ...shared, strangers: [] }) } : {};
    this.#agents = ["n1", "n2"].map((name) =>
      new SimAgent({ ...shared, ...peers, name, api: this.#cluster.api.connect(name), skewMs: 0, mutation: {} })
    );
  }

  async play(): Promise<void> {
    await this.#cluster.setUp(["n1", "n2"]);
    for (const [name, subnet] of [["x4", "10.8.0"], ["y4", "10.9.0"]] as const) {
      await this.#cluster.pools.create({
        apiVersion: "spiderpool.spidernet.io/v2beta1",
        kind: "SpiderIPPool",
        metadata: { name },
        spec: { subnet: `${subnet}.0/24`, ips: [`${subnet}.5`] },
      });
    }
    for (const agent of this.#agents) agent.start();
    await this.clock.sleep(10_000);
    for (let round = 0; round < ROUNDS; round++) await this.#round(round);
    assert.ok(Math.min(...this.#wins) > ROUNDS / 10, `neither node is left behind: ${this.#wins.join(" to ")}`);
  }

  async #round(round: number): Promise<void> {
    const pods = await Promise.all(this.#agents.map(({ name }) => this.#createPod(`p${round}-${name}`, name)));
    const outcomes = await Promise.all(this.#agents.map((agent, i) => this.#add(agent, pods[i]!)));
    const winners = outcomes.flatMap((outcome, i) => outcome.refusal === undefined ? [i] : []);
    assert.equal(winners.length, 1, `round ${round}: ${outcomes.map(({ refusal }) => refusal?.message)}`);
    const [winner = 0] = winners;
    const { refusal, tookMs } = outcomes[1 - winner]!;
    assert.equal(refusal?.code, "ip-used-out");
    assert.ok(refusal.reasons.some(({ reason }) => reason.code === "used-out"), refusal.message);
    assert.ok(tookMs < REFUSAL_MS, `the refusal took ${tookMs} ms`);
    const { uid } = pods[winner]!.metadata;
    assert.deepEqual(await this.#holders(), [uid, uid]);
    this.#wins[winner]!++;
    for (const [i, pod] of pods.entries()) await this.#remove(this.#agents[i]!, pod);
    assert.deepEqual(await this.#holders(), []);
  }

  /** UIDs of the records of both pools. */
  async #holders(): Promise<readonly string[]> {
    const pools = await Promise.all(["x4", "y4"].map((name) => this.#cluster.pools.get({ name })));
    return pools.flatMap(({ status }) =>
      Object.values<{ podUid: string }>(JSON.parse(status?.allocatedIPs ?? "{}")).map(({ podUid }) => podUid)
    );
  }

  async #add(agent: SimAgent, pod: Pod): Promise<{ refusal: IpamError | undefined; tookMs: number }> {
    await this.clock.sleep(this.#dice.exponential(3));
    const startMs = this.clock.now();
    try {
      await agent.add({ ...argsOf(pod), netNamespace: "" }, new AbortController().signal);
      return { refusal: undefined, tookMs: this.clock.now() - startMs };
    } catch (err) {
      assert.ok(err instanceof IpamError, String(err));
      return { refusal: err, tookMs: this.clock.now() - startMs };
    }
  }

  #createPod(name: string, nodeName: string): Promise<Pod> {
    const needs = [{ interface: "eth0", ipv4: ["x4"] }, { interface: "net1", ipv4: ["y4"] }];
    return this.#cluster.pods.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        namespace: NAMESPACE,
        name,
        annotations: { "ipam.spidernet.io/ippools": JSON.stringify(this.#dice.chance(0.5) ? needs : needs.reverse()) },
      },
      spec: { nodeName, containers: [{ name: "c", image: "i" }] },
      status: { phase: "Pending" },
    });
  }

  async #remove(agent: SimAgent, pod: Pod): Promise<void> {
    const { name, uid = "" } = pod.metadata;
    await this.#cluster.deletePod({ name, uid });
    await agent.release(argsOf(pod), new AbortController().signal);
    await this.#cluster.deletePod({ name, uid }, 0);
  }
}

function argsOf({ metadata: { name, uid = "" } }: Pod) {
  return { containerID: `c-${name}`, ifName: "eth0", podNamespace: NAMESPACE, podName: name, podUID: uid };
}
