import assert from "node:assert/strict";
import { agentOf } from "../agent_socket.ts";
import type { Bed } from "../bed.ts";
import { assertSettled, readFacts } from "../checker.ts";
import { PATIENT, patiently } from "../patience.ts";
import type { Step } from "../step.ts";
import { type Manifest, NAMESPACE, networkOf, podOf, poolOf } from "../workload.ts";
import { allFree } from "./install.ts";

const NAME = "last";
const objects = [
  poolOf("last-v4", "172.22.12.1"),
  poolOf("last-v6", "fd00:22::12:1"),
  networkOf(NAME, { v4: "last-v4", v6: "last-v6" }),
];
const both = ["172.22.12.1", "fd00:22::12:1"];

/** Words of the agent about one of the pools. */
const USED_OUT = /IPPool "last-v[46]": all IP addresses used out \(1 usable\)/;
const EVENT = new RegExp(String.raw`Warning +IPAllocationFailed .* spiderpool-agent .*${USED_OUT.source}`);

/** Two Pods on two nodes, two pools of one address: nobody may hold one and wait for the other. */
export const lastAddresses: Step = {
  name:
    "two Pods on two nodes want the last addresses of two pools: one gets both, the other is told why and gets both later",
  async run(bed) {
    const pods = bed.cluster.nodes.map((node) => podOf(`${NAME}-${node.name}`, { network: NAME, node: node.name }));
    await bed.apply(...objects, ...pods);
    const winner = await theOneThatRuns(bed, pods);
    const loser = pods.find((pod) => pod !== winner) ?? assert.fail("there is one node only");
    await refusedInEvent(bed, loser);
    await assertSettled(bed.cluster, { waiting: [keyOf(loser)] });
    assert.deepEqual(await holdings(bed), { [keyOf(winner)]: both });
    await assertExplained(bed, loser);
    await bed.delete(winner);
    await bed.kubectl(["-n", NAMESPACE, "wait", "pod", loser.metadata.name, "--for=condition=Ready", PATIENT]);
    await assertSettled(bed.cluster);
    assert.deepEqual(await holdings(bed), { [keyOf(loser)]: both });
    await bed.delete(loser);
    await allFree(bed);
    await bed.delete(...objects);
  },
};

function keyOf({ metadata }: Manifest): string {
  return `${metadata.namespace}/${metadata.name}`;
}

async function theOneThatRuns(bed: Bed, pods: readonly Manifest[]): Promise<Manifest> {
  let running: readonly Manifest[] = [];
  const look = async () => {
    const facts = await readFacts(bed.cluster);
    const ready = facts.pods.filter(({ isReady }) => isReady).map(({ key }) => key);
    running = pods.filter((pod) => ready.includes(keyOf(pod)));
    return running.length > 0 ? undefined : "none does";
  };
  await patiently(`see one of ${pods.map(keyOf).join(", ")} run`, look, { everyMs: 200 });
  const [winner] = running;
  assert(winner !== undefined && running.length === 1, "both run, with one address in each pool");
  return winner;
}

async function refusedInEvent(bed: Bed, { metadata: { name } }: Manifest): Promise<void> {
  const look = async () => {
    const text = await bed.kubectl(["-n", NAMESPACE, "describe", "pod", name]);
    return EVENT.test(text) ? undefined : "no Event of the agent says so";
  };
  await patiently(`see why Pod ${name} does not start`, look);
}

/** Addresses recorded in the two pools, by Pod. */
async function holdings(bed: Bed): Promise<Record<string, string[]>> {
  const { pools } = await readFacts(bed.cluster);
  const records = pools.filter(({ name }) => name.startsWith(`${NAME}-`)).flatMap(({ records }) => records);
  const byPod = Map.groupBy(records, ({ pod }) => pod);
  return Object.fromEntries([...byPod].map(([pod, held]) => [pod, held.map(({ address }) => address).sort()]));
}

/** The agent of the Pod's node explains the refusal, and claims nothing for it. */
async function assertExplained(bed: Bed, { metadata: { name } }: Manifest): Promise<void> {
  const node = bed.cluster.node(name.slice(NAME.length + 1));
  const answer = await agentOf(node).explain({ podNamespace: NAMESPACE, podName: name });
  const attachments = (answer?.attachments ?? []).map(({ ifName, outcome }) => ({ ifName, outcome }));
  assert.deepEqual(attachments, [{ ifName: "eth0", outcome: "refused" }]);
  const [attachment] = answer?.attachments ?? [];
  assert.match(attachment?.error ?? "", USED_OUT);
  assert.match(answer?.text ?? "", USED_OUT);
  const verdicts = attachment?.families.flatMap(({ pools }) => pools).map(({ name, verdict }) => ({ name, verdict }));
  assert.deepEqual(verdicts, [{ name: "last-v4", verdict: "used-out" }, { name: "last-v6", verdict: "used-out" }]);
}
