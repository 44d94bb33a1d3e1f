import { rankNodes } from "../../../agent/peer/rendezvous.ts";
import type { Node } from "../../../scripts/cluster/mod.ts";
import { printLine } from "../../../scripts/print.ts";
import type { Bed } from "../bed.ts";
import { assertSettled } from "../checker.ts";
import { patiently } from "../patience.ts";
import { type SentSegments, sentSince, sentToPeers } from "../peer_sockets.ts";
import { rolledOut } from "../rollout.ts";
import type { Step } from "../step.ts";
import { NAMESPACE, networkOf, poolOf } from "../workload.ts";
import { deploy, remove } from "./families.ts";

const NAME = "peers";
const REPLICAS = 20;

/** Data segments that a node's agent must send: each message is one at least, a handshake and a greeting are three or four. */
const SEGMENTS = 10;

/** Each node's agent writes one of the pools, so each hands its claims on the other one over. */
export const peers: Step = {
  name: `a rollout of ${REPLICAS} Pods: the agents hand claims to each other on the peer port`,
  async run(bed) {
    const [v4, v6] = poolNames(bed.cluster.nodes);
    const pools = [poolOf(v4, "172.22.13.1-172.22.13.40"), poolOf(v6, "fd00:22::13:1-fd00:22::13:40")];
    const objects = [...pools, networkOf(NAME, { v4, v6 })];
    await deploy(bed, { name: NAME, objects, wish: { replicas: REPLICAS, network: NAME, maxSurge: 2 } });
    const before = new Map(
      await Promise.all(bed.cluster.nodes.map(async (node) => [node.name, await sentToPeers(node)] as const)),
    );
    await bed.kubectl(["-n", NAMESPACE, "rollout", "restart", `deployment/${NAME}`]);
    const sent = await Promise.all(bed.cluster.nodes.map((node) => talks(node, before.get(node.name))));
    await rolledOut(bed, NAME);
    printLine(`segments with data to the peer until that was enough: ${sent.join(" and ")}`);
    await assertSettled(bed.cluster);
    await remove(bed, NAME, objects);
  },
};

/** Names of two pools: the first is written by the first node's agent, the second by the second's. */
function poolNames(nodes: Bed["cluster"]["nodes"]): [string, string] {
  const names = nodes.map(({ name }) => name);
  const nameFor = (node: string | undefined) => {
    let i = 0;
    while (rankNodes(`${NAME}-${i}`, names)[0] !== node) i++;
    return `${NAME}-${i}`;
  };
  return [nameFor(names[0]), nameFor(names[1])];
}

/** Waits until the agent of a node has sent more to its peer than it takes to greet it. @returns data segments */
async function talks(node: Node, before: SentSegments = new Map()): Promise<number> {
  let sent = 0;
  const look = async () => {
    sent = Math.max(sent, sentSince(before, await sentToPeers(node)));
    return sent >= SEGMENTS ? undefined : `${sent} segments were sent`;
  };
  const what = `see the agent of ${node.name} hand claims to its peer`;
  await patiently(what, look);
  return sent;
}
