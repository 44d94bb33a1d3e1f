import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import type { Pod } from "../../crd/core/mod.ts";
import { Cluster, NAMESPACE } from "./cluster.ts";
import { Dice } from "./dice.ts";
import { Drag } from "./drag.ts";
import { FateBook } from "./fate_book.ts";
import { noFaults } from "./faults.ts";
import { KeyedDice } from "./keyed_dice.ts";
import { Partitions } from "./partitions.ts";
import { type PodNetwork, podNetworks, quarantine } from "./pool_specs.ts";
import { drive } from "./scheduler.ts";
import { SimAgent } from "./sim_agent.ts";
import { SimClock } from "./sim_clock.ts";
import { Trace } from "./trace.ts";

const cases: readonly { readonly name: string; readonly network: PodNetwork }[] = [
  { name: "one NIC, dual stack", network: podNetworks[2]! },
  { name: "two NICs on one pool", network: podNetworks[4]! },
  { name: "two NICs, one of them dual stack", network: podNetworks[5]! },
  { name: "two NICs of the CNI configuration", network: podNetworks[7]! },
];

/** More steps than any of the Pods needs. */
const MOST_STEPS = 200;

for (const { name, network } of cases) {
  Deno.test(`an agent killed at any step of an ADD gives the same address after it: ${name}`, async () => {
    await atEveryStep(async (scene, step) => {
      scene.killAt(step);
      const answer = await scene.add(network);
      const atDeath = scene.recordedAtDeath;
      assert.deepEqual(scene.recorded(), answer, "records are what was answered, no more");
      for (const address of atDeath) assert.ok(answer.includes(address), `${address} was recorded before the kill`);
      assert.equal(scene.journalSize, 0);
    });
  });

  Deno.test(`an agent killed at any step of a DEL leaves nothing behind: ${name}`, async () => {
    await atEveryStep(async (scene, step) => {
      await scene.add(network);
      await scene.markDeleted();
      scene.killAt(step);
      await scene.del(network);
      assert.deepEqual(scene.recorded(), []);
      assert.equal(scene.journalSize, 0);
      await scene.removePod();
      assert.deepEqual(scene.cluster.storedEndpoints(), []);
    });
  });
}

/** Plays `scenario` again and again, each time with the kill one step later, until it comes too late. */
async function atEveryStep(scenario: (scene: Scene, step: number) => Promise<void>): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step++) {
    const scene = new Scene(step);
    const { clock } = scene;
    await drive(scene.setUp().then(() => scenario(scene, step)), { clock, afterStep() {} });
    if (!scene.wasKilled) return assert.ok(step > 5, `only ${step} steps`);
  }
  assert.fail(`the agent was still killed at step ${MOST_STEPS}`);
}

/** One node, one Pod, a network without faults, and a runtime that asks until it succeeds. */
class Scene {
  readonly clock = new SimClock(Date.UTC(2026, 0, 1));
  readonly cluster: Cluster;
  readonly #agent: SimAgent;
  readonly #trace = new Trace(this.clock);
  #pod: Pod | undefined;
  /** Addresses that were recorded when the agent died. */
  recordedAtDeath: readonly string[] = [];
  wasKilled = false;

  constructor(seed: number) {
    const dice = new Dice(seed);
    this.cluster = new Cluster({ clock: this.clock, random: dice.fork("api").random });
    const { clock, cluster: { api: { transport: api } } } = this;
    const keyed = new KeyedDice(dice);
    this.#agent = new SimAgent({
      name: "n1",
      api,
      clock,
      dice: keyed,
      fates: new FateBook(keyed),
      partitions: new Partitions(),
      drag: new Drag(),
      trace: this.#trace,
      rates: () => noFaults,
      skewMs: 0,
      mutation: {},
    });
  }

  async setUp(): Promise<void> {
    await this.cluster.setUp(["n1"]);
    this.#agent.start();
    await this.clock.sleep(1000);
  }

  killAt(step: number): void {
    this.#agent.killSoon(step, () => {
      this.wasKilled = true;
      this.recordedAtDeath = this.recorded();
    });
  }

  get journalSize(): number {
    return this.#agent.disk.entries.size;
  }

  /** Addresses recorded for the Pod, sorted. */
  recorded(): readonly string[] {
    const texts = this.cluster.storedPools().map(({ status }) => status?.allocatedIPs ?? "{}");
    return texts.flatMap((text) => Object.keys(JSON.parse(text))).filter((ip) => ip !== quarantine.address).sort();
  }

  /** ADDs all NICs. @returns their addresses, sorted */
  async add({ nics, annotations, cniPools }: PodNetwork): Promise<readonly string[]> {
    const pod = this.#pod = await this.#create(annotations);
    const addresses = new Set<string>();
    for (const nic of nics) {
      const { v4 = null, v6 = null } = cniPools[nic] ?? {};
      const pools = { defaultIPv4IPPool: v4 && [...v4], defaultIPv6IPPool: v6 && [...v6] };
      const args = { ...argsOf(pod, nic), ...pools, netNamespace: "" };
      const { ips } = await this.#until(() => this.#agent.add(args, new AbortController().signal));
      for (const { address } of ips ?? []) addresses.add(formatAddress(parseAddress(address.split("/")[0]!)));
    }
    return [...addresses].sort();
  }

  async markDeleted(): Promise<void> {
    const { name, uid = "" } = this.#pod!.metadata;
    await this.cluster.deletePod({ name, uid });
  }

  async removePod(): Promise<void> {
    const { name, uid = "" } = this.#pod!.metadata;
    await this.cluster.deletePod({ name, uid }, 0);
    await this.clock.sleep(1);
  }

  async del({ nics }: PodNetwork): Promise<void> {
    for (const nic of nics) {
      await this.#until(() => this.#agent.release(argsOf(this.#pod!, nic), new AbortController().signal));
    }
  }

  #create(annotations: Readonly<Record<string, string>>): Promise<Pod> {
    return this.cluster.pods.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace: NAMESPACE, name: "p", annotations: { ...annotations } },
      spec: { nodeName: "n1", containers: [{ name: "c", image: "i" }] },
      status: { phase: "Pending" },
    });
  }

  async #until<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 0; tries < 100; tries++) {
      try {
        return await ask();
      } catch {
        await this.clock.sleep(500);
      }
    }
    throw new Error("Cannot go on: the agent never answered");
  }
}

function argsOf({ metadata: { name, uid = "" } }: Pod, nic: string) {
  return { containerID: "c1", ifName: nic, podNamespace: NAMESPACE, podName: name, podUID: uid };
}
