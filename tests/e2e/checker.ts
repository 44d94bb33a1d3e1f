/**
 * The checker: compares pools, endpoints, Pods and kernels of a whole cluster.
 *
 * @example
 * ```ts ignore
 * await assertSettled(cluster); // every Pod runs, no address is double, none is leaked
 * ```
 *
 * @module
 */
import assert from "node:assert/strict";
import { pods } from "../../crd/core/mod.ts";
import { spiderEndpoints, spiderIPPools } from "../../crd/generated/mod.ts";
import { resourceClient } from "../../crd/kube/mod.ts";
import { systemClock } from "../../net/base/clock.ts";
import type { Cluster } from "../../scripts/cluster/mod.ts";
import { endpointFactOf, podFactOf, poolFactOf } from "./api_facts.ts";
import type { Facts } from "./facts.ts";
import { judge, judgeRunning } from "./judge.ts";
import { linksOf } from "./links.ts";
import { patiently } from "./patience.ts";

/** Most findings that a message has. */
const MOST_SHOWN = 20;

/** Reads everything that is compared. It takes a while, so what changes meanwhile may look wrong: look again. */
export async function readFacts(cluster: Cluster): Promise<Facts> {
  const read: Facts[] = [];
  const look = async () => {
    read.push(await tryReadFacts(cluster));
    return undefined;
  };
  await patiently("read pools, endpoints, Pods and kernels", look);
  const [facts] = read;
  assert(facts !== undefined);
  return facts;
}

async function tryReadFacts(cluster: Cluster): Promise<Facts> {
  using api = await cluster.control.openApi();
  const options = { clock: systemClock };
  const [podList, poolList, endpointList, links] = await Promise.all([
    resourceClient(api.transport, pods, options).listAll(),
    resourceClient(api.transport, spiderIPPools, options).listAll(),
    resourceClient(api.transport, spiderEndpoints, options).listAll(),
    Promise.all(cluster.nodes.map(linksOf)),
  ]);
  return {
    pods: podList.items.map(podFactOf),
    pools: poolList.items.map(poolFactOf),
    endpoints: endpointList.items.map(endpointFactOf),
    links: links.flat(),
  };
}

/**
 * Waits until every Pod runs and all that is known about addresses fits together.
 *
 * @param options.waiting `namespace/name` of Pods that need not run; what they hold is judged all the same
 * @throws {WaitError} that says what does not
 */
export async function assertSettled(
  cluster: Cluster,
  { waiting = [] }: { readonly waiting?: readonly string[] } = {},
): Promise<void> {
  const look = async () => {
    const facts = await readFacts(cluster);
    const running = facts.pods.filter(({ key }) => !waiting.includes(key));
    const findings = [...judgeRunning(running), ...judge(facts)];
    return findings.length === 0 ? undefined : textOf(findings);
  };
  await patiently("see pools, endpoints, Pods and kernels agree", look);
}

function textOf(findings: readonly string[]): string {
  const hidden = findings.length - MOST_SHOWN;
  const more = hidden > 0 ? [`and ${hidden} more`] : [];
  return [`${findings.length} findings`, ...findings.slice(0, MOST_SHOWN), ...more].join("\n  ");
}
