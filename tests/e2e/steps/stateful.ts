import assert from "node:assert/strict";
import type { Bed } from "../bed.ts";
import { assertSettled } from "../checker.ts";
import { linksOfPods, pingAcrossNodes } from "../network_of_pods.ts";
import { PATIENT, patiently } from "../patience.ts";
import { addressesOf, notRenewed, type PodStates, podStates } from "../pod_states.ts";
import type { Step } from "../step.ts";
import { NAMESPACE, networkOf, poolOf, statefulSetOf, type StatefulSetWish } from "../workload.ts";
import { allFree } from "./install.ts";

const NAME = "kept";
const wish: StatefulSetWish = { replicas: 3, network: NAME, pools: { v4: "kept-v4", v6: "kept-v6" } };
const all = ["kept-0", "kept-1", "kept-2"];

/** Many more addresses than Pods: nobody gets the same one again by chance. */
const objects = [
  poolOf("kept-v4", "172.22.10.1-172.22.10.40"),
  poolOf("kept-v6", "fd00:22::10:1-fd00:22::10:40"),
  poolOf("moved-v4", "172.22.11.1-172.22.11.40"),
  networkOf(NAME, { v4: "kept-v4", v6: "kept-v6" }),
];

interface Restart {
  readonly name: string;
  /** Makes Pods end. @returns their names */
  readonly run: (bed: Bed, before: PodStates) => Promise<readonly string[]>;
  /** What else must be true when all is settled again. */
  readonly check?: (bed: Bed, states: { readonly before: PodStates; readonly after: PodStates }) => Promise<void>;
}

const restarts: readonly Restart[] = [
  {
    name: "rollout restart",
    async run(bed) {
      await bed.kubectl(["-n", NAMESPACE, "rollout", "restart", `statefulset/${NAME}`]);
      return all;
    },
  },
  {
    name: "a deleted Pod",
    async run(bed) {
      await bed.kubectl(["-n", NAMESPACE, "delete", "pod", "kept-1", "--wait=false"]);
      return ["kept-1"];
    },
  },
  { name: "a drained node, on the other one", run: drainFirst, check: movedAway },
];

/** A StatefulSet and what happens to it; each step needs the ones before. */
export const stateful: readonly Step[] = [
  {
    name: `a StatefulSet of ${wish.replicas} on macvlan, dual: each Pod has an address of each pool`,
    async run(bed) {
      await bed.apply(...objects, statefulSetOf(NAME, wish));
      const states = await renewed(bed, { names: all });
      await pingEachOther(bed);
      for (const pools of Object.values(poolsOf(states))) assert.deepEqual(pools, ["kept-v4", "kept-v6"]);
    },
  },
  ...restarts.map((restart) => ({
    name: `a StatefulSet keeps its addresses over ${restart.name}`,
    run: (bed: Bed) => keepsOver(bed, restart),
  })),
  {
    name: "a StatefulSet scaled from 3 to 2 and back: the address of the third becomes free, the others stay",
    run: scaleDownAndUp,
  },
  {
    name:
      "a StatefulSet whose annotation names another pool: each Pod has it from its next start, the old address is free",
    run: changePool,
  },
  {
    name: "the StatefulSet goes, and with it all its addresses",
    async run(bed) {
      await bed.kubectl(["-n", NAMESPACE, "delete", "statefulset", NAME, PATIENT]);
      await allFree(bed);
      await bed.delete(...objects);
    },
  },
];

async function keepsOver(bed: Bed, { run, check }: Restart): Promise<void> {
  const before = await podStates(bed, NAME);
  const names = await run(bed, before);
  const after = await renewed(bed, { names, before });
  assert.deepEqual(addressesOf(after), addressesOf(before));
  await check?.(bed, { before, after });
  await pingEachOther(bed);
}

/** It may take some seconds: with the kept address comes another MAC, and neighbors have the old one in their caches. */
async function pingEachOther(bed: Bed): Promise<void> {
  await pingAcrossNodes(bed, await linksOfPods(bed, { prefix: `${NAME}-`, ifname: "eth0" }));
}

/** Drains the node of the first Pod, as before its maintenance. */
async function drainFirst(bed: Bed, before: PodStates): Promise<readonly string[]> {
  const node = nodeOfFirst(before);
  await bed.kubectl(["drain", node, `--pod-selector=app=${NAME}`, PATIENT]);
  return [...before].filter(([, state]) => state.node === node).map(([name]) => name);
}

async function movedAway(
  bed: Bed,
  { before, after }: { readonly before: PodStates; readonly after: PodStates },
): Promise<void> {
  const drained = nodeOfFirst(before);
  assert.deepEqual([...after].filter(([, { node }]) => node === drained), []);
  await bed.kubectl(["uncordon", drained]);
}

function nodeOfFirst(states: PodStates): string {
  return states.get("kept-0")?.node ?? assert.fail("kept-0 has no interface on any node");
}

async function scaleDownAndUp(bed: Bed): Promise<void> {
  const before = addressesOf(await podStates(bed, NAME));
  const { "kept-2": _, ...others } = before;
  await scale(bed, 2);
  assert.deepEqual(addressesOf(await renewed(bed, { names: [], replicas: 2 })), others);
  await scale(bed, 3);
  const { "kept-2": third, ...same } = addressesOf(await renewed(bed, { names: [] }));
  assert.deepEqual(same, others);
  assert.equal(third?.length, 2);
}

async function scale(bed: Bed, replicas: number): Promise<void> {
  await bed.kubectl(["-n", NAMESPACE, "scale", `statefulset/${NAME}`, `--replicas=${replicas}`]);
}

/** First only the last Pod starts anew: the others keep what they have, whatever the template says. */
async function changePool(bed: Bed): Promise<void> {
  const moved: StatefulSetWish = { ...wish, pools: { v4: "moved-v4", v6: "kept-v6" } };
  const before = await podStates(bed, NAME);
  await bed.apply(statefulSetOf(NAME, { ...moved, partition: 2 }));
  const between = await renewed(bed, { names: ["kept-2"], before });
  const { "kept-2": _, ...others } = addressesOf(before);
  const { "kept-2": third, ...same } = addressesOf(between);
  assert.deepEqual(same, others);
  assert.deepEqual(third?.map(({ pool }) => pool), ["kept-v6", "moved-v4"]);
  await bed.apply(statefulSetOf(NAME, moved));
  const after = await renewed(bed, { names: ["kept-0", "kept-1"], before: between });
  assert.deepEqual(ofPool(after, "kept-v6"), ofPool(before, "kept-v6"));
  assert.deepEqual(ofPool(after, "kept-v4"), []);
  assert.equal(ofPool(after, "moved-v4").length, wish.replicas);
}

interface RenewedOptions {
  /** Pods that must be others than those in `before`. */
  readonly names: readonly string[];
  /** @default none */
  readonly before?: PodStates;
  /** @default that of {@linkcode wish} */
  readonly replicas?: number;
}

/** Waits until all Pods run and those of `names` are new ones; then the checker looks. */
async function renewed(
  bed: Bed,
  { names, before = new Map(), replicas = wish.replicas }: RenewedOptions,
): Promise<PodStates> {
  const wanted = { names, before, replicas };
  const look = async () => notRenewed(await podStates(bed, NAME), wanted);
  await patiently(`see the Pods of StatefulSet ${NAME}`, look);
  await assertSettled(bed.cluster);
  return await podStates(bed, NAME);
}

function poolsOf(states: PodStates): Record<string, string[]> {
  const entries = Object.entries(addressesOf(states));
  return Object.fromEntries(entries.map(([name, held]) => [name, held.map(({ pool }) => pool)]));
}

/** Addresses of one pool, each with its Pod. */
function ofPool(states: PodStates, pool: string): string[] {
  return Object.entries(addressesOf(states)).flatMap(([name, held]) =>
    held.filter((one) => one.pool === pool).map(({ address }) => `${name} ${address}`)
  );
}
