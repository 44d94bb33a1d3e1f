/** DELs that a plugin could not have carried out: the agent does it by itself. */
import assert from "node:assert/strict";
import type { IpamDelArgs } from "../../agent/api/mod.ts";
import { type OwedDel, type OwedDels } from "../../agent/ipam/owed_dels.ts";
import { type Agent, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const LOOK_MS = 30_000;

/** Notes in memory. */
class Notes implements OwedDels {
  readonly #dels = new Map<string, OwedDel>();
  /** Whether their folder cannot be read. */
  isBroken = false;

  put(args: Partial<IpamDelArgs> & { podName: string; podUID: string }): void {
    const del = { containerID: "c1", ifName: "eth0", podNamespace: "ns1", ...args };
    this.#dels.set(nameOf(del), { name: nameOf(del), args: del });
  }

  get names(): string[] {
    return [...this.#dels.keys()];
  }

  list(): Promise<readonly OwedDel[]> {
    if (this.isBroken) return Promise.reject(new Error("input/output error"));
    return Promise.resolve([...this.#dels.values()]);
  }

  has({ name }: { name: string }): boolean {
    return this.#dels.has(name);
  }

  remove({ name }: { name: string }): void {
    this.#dels.delete(name);
  }

  void(attachment: { containerID: string; ifName: string }): void {
    this.#dels.delete(nameOf(attachment));
  }

  count(): Promise<number> {
    return Promise.resolve(this.#dels.size);
  }
}

function nameOf({ containerID, ifName }: { containerID: string; ifName: string }): string {
  return `${containerID} ${ifName}`;
}

const wants = { podName: "p", defaultIPv4IPPool: ["v4a"] };
const held = ["v4a 10.1.0.10 ns1/p eth0"];

interface World {
  readonly cluster: Cluster;
  readonly notes: Notes;
  readonly podUID: string;
  /** Ends the agent; the next one finds the notes. */
  next(): Promise<Agent>;
}

/** A Pod with an address whose agent then goes away. */
async function withPod(run: (world: World) => Promise<void>, pods: { containerID?: string } = {}): Promise<void> {
  await using cluster = await Cluster.start();
  const podUID = await cluster.pod("p");
  const first = await cluster.agent();
  await first.add({ ...wants, podUID, ...pods });
  assert.deepEqual(cluster.held(), held);
  await first.kill();
  const notes = new Notes();
  const next = () => cluster.agent({ owed: notes, journal: first.journal });
  await run({ cluster, notes, podUID, next });
}

/** Waits until the address is free and no note is left. */
async function untilFree({ cluster, notes }: World, want: readonly string[] = []): Promise<void> {
  await cluster.until("the owed DEL is carried out", async () => {
    await cluster.refresh();
    return notes.names.length === 0 && String(cluster.held()) === String(want);
  });
  assert.deepEqual([cluster.held(), notes.names], [want, []]);
}

for (const uid of ["its UID", "no UID"]) {
  testIpam(`an owed DEL with ${uid} is carried out by the next agent`, () =>
    withPod(async (world) => {
      const { cluster, notes, podUID, next } = world;
      await cluster.removePod("p");
      notes.put({ podName: "p", podUID: uid === "no UID" ? "" : podUID });
      await next();
      await untilFree(world);
      assert.equal(cluster.endpoint("p"), undefined);
    }));
}

testIpam("an owed DEL of a Pod that terminates is carried out", () =>
  withPod(async (world) => {
    await world.cluster.terminate("p");
    world.notes.put({ podName: "p", podUID: world.podUID });
    await world.next();
    await untilFree(world);
  }));

testIpam(
  "an owed DEL whose Pod's name is another Pod's frees what the old one held, and nothing else",
  () =>
    withPod(async (world) => {
      const { cluster, notes, podUID, next } = world;
      const idle = await cluster.agent();
      await cluster.removePod("p");
      const newUid = await cluster.pod("p");
      await idle.add({ ...wants, podUID: newUid, containerID: "c2" });
      await idle.kill();
      notes.put({ podName: "p", podUID });
      await next();
      await cluster.until("the note is gone", () => Promise.resolve(notes.names.length === 0));
      await cluster.refresh();
      assert.deepEqual(Object.values(cluster.records("v4a")).map((record) => record.podUid), [newUid]);
    }),
);

testIpam("an owed DEL of an old sandbox of a living Pod frees nothing and is done", () =>
  withPod(async (world) => {
    world.notes.put({ podName: "p", podUID: world.podUID });
    await world.next();
    await untilFree(world, held);
  }, { containerID: "c2" }));

testIpam(
  "an owed DEL of the last sandbox of a Pod that lives waits for its end",
  () =>
    withPod(async ({ cluster, notes, podUID, next }) => {
      notes.put({ podName: "p", podUID });
      const agent = await next();
      await cluster.advance(LOOK_MS);
      assert.deepEqual([cluster.held(), notes.names], [held, ["c1 eth0"]]);
      assert.deepEqual(await owedOf(agent), { owedDels: 1, owedFailingMs: 0 }, "it has not failed");
      if (cluster.isReal) return; // would take a real look's time
      await cluster.removePod("p");
      await cluster.advance(LOOK_MS);
      assert.deepEqual([cluster.held(), notes.names], [[], []]);
    }),
);

testIpam(
  "an owed DEL is void once its attachment is made anew",
  () =>
    withPod(async ({ cluster, notes, podUID, next }) => {
      notes.put({ podName: "p", podUID });
      const agent = await next();
      await agent.add({ ...wants, podUID });
      await cluster.advance(LOOK_MS);
      assert.deepEqual([cluster.held(), notes.names], [held, []]);
    }),
);

testIpam("an owed DEL that fails is kept and tried again", () =>
  withPod(async ({ cluster, notes, podUID, next }) => {
    const agent = await next();
    await cluster.advance(0);
    await cluster.removePod("p");
    notes.put({ podName: "p", podUID });
    agent.connection.isDown = true;
    await cluster.advance(6 * LOOK_MS);
    assert.deepEqual([cluster.held(), notes.names], [held, ["c1 eth0"]]);
    const { owedDels, owedFailingMs } = await owedOf(agent);
    assert.ok(owedDels === 1 && owedFailingMs > 0, `${owedFailingMs} ms`);
    await cluster.advance(LOOK_MS);
    assert.deepEqual(await owedOf(agent), { owedDels, owedFailingMs: owedFailingMs + LOOK_MS });
    agent.connection.isDown = false;
    await cluster.advance(3 * LOOK_MS);
    assert.deepEqual([cluster.held(), notes.names], [[], []]);
    assert.deepEqual(await owedOf(agent), { owedDels: 0, owedFailingMs: 0 });
  }), { onlyEmbedded: true });

testIpam(
  "agent 12: notes of owed DELs that cannot be read count as failing, until they can be",
  () =>
    withPod(async ({ cluster, notes, next }) => {
      notes.isBroken = true;
      const agent = await next();
      await cluster.advance(3 * LOOK_MS);
      assert.ok((await owedOf(agent)).owedFailingMs >= 2 * LOOK_MS);
      notes.isBroken = false;
      await cluster.advance(LOOK_MS);
      assert.deepEqual(await owedOf(agent), { owedDels: 0, owedFailingMs: 0 });
    }),
  { onlyEmbedded: true },
);

/** What the agent's metrics are made of. */
async function owedOf({ ipam }: Agent) {
  const { owedDels, owedFailingMs } = await ipam.state();
  return { owedDels, owedFailingMs };
}
