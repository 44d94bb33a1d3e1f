/** Agents of one node that follow each other under a load of ADDs and DELs. */
import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { printLine } from "../../scripts/print.ts";
import type { AgentProcess } from "../shared/agent_process.ts";
import { type Attachment, CniLoad } from "./cni_load.ts";
import { RestartWorld } from "./restart_world.ts";

const PER_SECOND = 50;
/** Pods that start before and after each change of the agent. */
const PODS_BETWEEN = 50;
/** Longer than the next agent takes to start on a busy machine: the held ADD must not end by itself. */
const agentConf = { agent: { waitForFreeAddress: "25s" }, enableIPv6: false };
const WAITS = "waits for the agent before this one";

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 6_000; tries++) {
    if (await check()) return;
    await systemClock.sleep(10);
  }
  throw new Error(`Cannot go on: it never happened that ${what}`);
}

/** Lets `PODS_BETWEEN` more Pods start. */
async function morePods(load: CniLoad): Promise<void> {
  const size = load.size + PODS_BETWEEN;
  await until(`${size} Pods were started`, () => load.size >= size);
}

/** Told to stop while an ADD runs, the old agent ends it; the next one waits for that, and new ADDs with it. */
async function overlap(
  world: RestartWorld,
  { old, load }: { old: AgentProcess; load: CniLoad },
): Promise<AgentProcess> {
  await world.pool("full", "10.1.255.10");
  await world.putRecords("full", { "10.1.255.10": { pod: "other/pod", podUid: "other" } });
  const held = load.run(1, { pool: "full", name: "held" });
  await morePods(load); // the held ADD is among those that the old agent has
  const ending = old.stop();
  await until("the old agent takes nothing more", () => !exists(world.socket));
  const next = world.agent();
  const starting = next.start();
  await until(
    "the next agent waits",
    async () => (await next.log()).some(({ msg, message }) => (msg ?? message) === WAITS),
  );
  await morePods(load);
  await world.putRecords("full", {});
  assert.deepEqual([(await held).address, (await held).tries], ["10.1.255.10/16", 1]);
  assert.equal(await ending, 0);
  await starting;
  return next;
}

async function crash(world: RestartWorld, { old }: { old: AgentProcess }): Promise<AgentProcess> {
  await old.kill();
  const next = world.agent();
  await next.start();
  return next;
}

/** As a DaemonSet does it: the next agent starts when the old one has ended. */
async function restart(world: RestartWorld, { old }: { old: AgentProcess }): Promise<AgentProcess> {
  assert.equal(await old.stop(), 0);
  const next = world.agent();
  await next.start();
  return next;
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSocket === true;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}

/** Nothing failed for good, nothing is double, nothing is left. */
function judge(world: RestartWorld, outcomes: readonly Attachment[]): void {
  assert.deepEqual(outcomes.filter(({ failure }) => failure !== undefined), []);
  const kept = outcomes.filter(({ address }) => address !== undefined);
  const want = kept.map(({ address = "", uid }): [string, string] => [address.replace(/\/.*/, ""), uid]).sort();
  assert.equal(new Set(want.map(([address]) => address)).size, kept.length, "no address twice");
  assert.deepEqual(world.held("load"), want);
  const names = kept.map(({ pod }) => pod);
  assert.deepEqual(world.endpoints(), ["held", ...names].sort());
  assert.deepEqual(world.journal(), []);
  assert.ok(outcomes.some(({ tries }) => tries > 1), "while there is no agent the runtime is told to come again");
  printLine(figuresOf(outcomes));
}

function figuresOf(outcomes: readonly Attachment[]): string {
  const again = outcomes.filter(({ tries }) => tries > 1).length;
  const longestMs = Math.round(Math.max(...outcomes.map(({ tookMs }) => tookMs)));
  return `${outcomes.length} ADDs, ${again} of them tried again, the longest took ${longestMs} ms with all its tries`;
}

const changes = [
  { name: "a rolling update whose agents overlap", change: overlap },
  { name: "a crash (SIGKILL)", change: crash },
  { name: "a restart", change: restart },
];

Deno.test("agent 5: 50 ADDs a second outlive update, crash and restart of the agent: none fails", async (t) => {
  await using world = await RestartWorld.create(agentConf);
  await world.pool("load", "10.1.0.10-10.1.200.250");
  let agent = world.agent();
  await agent.start();
  const load = new CniLoad({ transport: world.transport, socket: world.socket, pool: "load", perSecond: PER_SECOND });
  load.start();
  for (const { name, change } of changes) {
    await t.step(name, async () => {
      await morePods(load);
      agent = await change(world, { old: agent, load });
      await morePods(load);
    });
  }
  const outcomes = await load.stop();
  assert.equal(await agent.stop(), 0);
  judge(world, outcomes);
});
