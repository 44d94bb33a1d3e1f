/** Pods of a chain of a main plugin, our IPAM and the coordinator, on two machines with a real agent each. */
import assert from "node:assert/strict";
import { createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import { spiderCoordinators } from "../../crd/generated/mod.ts";
import { waitUntil } from "../../scripts/cluster/wait.ts";
import type { CniAnswer, NetworkConf } from "./cni_runtime.ts";
import { buildForTests } from "./executable.ts";
import { ping } from "./ping.ts";
import { installPrograms } from "./plugin_folder.ts";
import { poolState } from "./pool_state.ts";
import { runTool } from "./run_tool.ts";
import { Stage } from "./stage.ts";
import { addressesIn, callOf, pingFrom, type PodWish, type StagePod, startPod, stopPod } from "./stage_pod.ts";

/** How long an agent may take to hear of an object, in milliseconds. */
const KNOWN_MS = 60_000;

/** What a chain is made of. */
export interface ChainOptions {
  /** The main plugin's own members. @default macvlan in bridge mode over the machine's `eth0` */
  readonly mainPlugin?: NonNullable<PodWish["mainPlugin"]>;
  /** A plugin in front of the main one. @default none */
  readonly front?: NonNullable<PodWish["front"]>;
  /** Links of each machine that stay when the Pods have gone. @default 0 */
  readonly linksLeft?: number;
  /** The link of each machine that has its addresses. @default "eth0" */
  readonly nodeLink?: string;
  /** Makes links on a machine, before it gets addresses; `ip` runs there. */
  readonly prepare?: (ip: (...args: string[]) => string) => void;
  /** Whether the Pods' segment is that of the machines' addresses. @default true */
  readonly sharesSegment?: boolean;
}

interface ChainedPod {
  readonly pod: StagePod;
  /** Of the coordinator. */
  readonly answer: CniAnswer;
  /** Name of its machine's network namespace. */
  readonly node: string;
  /** Which machine. */
  readonly i: number;
}

/**
 * Runs the chain from ADD to DEL with one Pod on each of two machines.
 *
 * @throws {assert.AssertionError} if a plugin fails, somebody does not reach who should be reached, or something is left
 */
export async function runChain(options: ChainOptions = {}): Promise<void> {
  const pluginFolder = await installPrograms();
  for (const name of ["coordinator", ...(options.front === undefined ? [] : [options.front.type])]) {
    await buildForTests(name);
  }
  await using stage = await Stage.build({
    prefix: `spcoord${Deno.pid}`,
    machines: ["a", "b"],
    pluginFolder,
    manifest: "manifests/examples/demo.yaml",
    say: () => undefined,
  });
  addressNodes(stage, options);
  await createCoordinator(stage);
  const clean = stage.lan.nodes.map(({ netns }) => linkCount(netns));
  const pods = [];
  for (const i of stage.machines.keys()) pods.push(await addPod(stage, { ...options, i }));
  assertReachable(pods, options);
  for (const { pod, answer } of pods) {
    const gone = await chained(pod, { command: "DEL", previous: answer });
    assert.equal(gone.code, 0, gone.result?.msg);
    assert.equal((await stopPod(stage, pod)).code, 0);
  }
  const { linksLeft = 0 } = options;
  assert.deepEqual(stage.lan.nodes.map(({ netns }) => linkCount(netns) - linksLeft), clean);
  assert.deepEqual((await poolState(stage, "lan-v4")).holders, {});
}

/** Addresses of the machines and of a service on each: the LAN's machines have none. */
function addressNodes(stage: Stage, { nodeLink = "eth0", prepare }: ChainOptions): void {
  stage.lan.nodes.forEach(({ netns }, i) => {
    const ip = (...args: string[]) => runTool("ip", ["-n", netns, ...args]);
    prepare?.(ip);
    ip("addr", "add", `10.20.0.${200 + i}/24`, "dev", nodeLink);
    ip("addr", "add", `fd00:20::${200 + i}/64`, "dev", nodeLink, "nodad");
    ip("link", "add", "kube-ipvs0", "type", "bridge");
    ip("addr", "add", "10.96.0.1/32", "dev", "kube-ipvs0");
    ip("link", "set", "kube-ipvs0", "up");
  });
}

/** Creates the SpiderCoordinator that agents answer by: no Pod network, and these service addresses. */
export async function createCoordinator(
  stage: Stage,
  serviceCIDR: readonly string[] = ["10.96.0.0/16"],
): Promise<void> {
  const client = stage.client(spiderCoordinators);
  const object = await client.create({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderCoordinator",
    metadata: { name: "default" },
    spec: { podCIDRType: "none" },
  });
  await client.updateStatus({
    ...object,
    status: { phase: "Synced", overlayPodCIDR: [], serviceCIDR: [...serviceCIDR] },
  });
  for (const { agent } of stage.machines) await untilKnown(agent.socket);
}

/** An agent knows what the API server told its watches: not at once what was just written. */
async function untilKnown(socket: string): Promise<void> {
  const agent = createAgentClient(unixExchange(socket, { timeoutMs: KNOWN_MS }));
  const look = async () => {
    try {
      await agent.coordinatorConfig({ podName: "none", podNamespace: "default" });
    } catch (err) {
      if (/no SpiderCoordinator|not (?:ready|synced)/i.test(String(err))) return String(err);
    }
    return undefined;
  };
  await waitUntil(look, { what: "have the agent know the SpiderCoordinator", timeoutMs: KNOWN_MS, everyMs: 20 });
}

async function addPod(
  stage: Stage,
  { mainPlugin, front, i }: ChainOptions & { readonly i: number },
): Promise<ChainedPod> {
  const machine = stage.machines[i];
  assert.ok(machine);
  const pools = { v4: ["lan-v4"], v6: ["lan-v6"] };
  const plugins = { ...(mainPlugin && { mainPlugin }), ...(front && { front }) };
  const report = await startPod(stage, { name: `web-${i}`, machine, pools, ...plugins });
  assert.equal(report.answer.code, 0, report.answer.result?.msg ?? report.answer.stderr);
  const added = await chained(report.pod, { command: "ADD", previous: report.answer });
  assert.equal(added.code, 0, added.result?.msg);
  assert.deepEqual(added.result, report.answer.result);
  const checked = await chained(report.pod, { command: "CHECK", previous: added });
  assert.equal(checked.code, 0, checked.result?.msg);
  return { pod: report.pod, answer: added, node: stage.lan.nodes[i]?.netns ?? "", i };
}

/** Pods reach their machine, its service, each other and, on a segment they share, the other machine; and their machine reaches them. */
function assertReachable(pods: readonly ChainedPod[], { sharesSegment = true }: ChainOptions): void {
  for (const { pod, node, i } of pods) {
    const others = sharesSegment ? [`10.20.0.${201 - i}`] : [];
    for (const address of [`10.20.0.${200 + i}`, `fd00:20::${200 + i}`, "10.96.0.1", ...others]) {
      assert.notEqual(pingFrom(pod, address), undefined, `no answer from ${address} to ${pod.name}`);
    }
    for (const address of addressesIn(pod).map((prefix) => prefix.split("/")[0] ?? "")) {
      const byNode = ping(["nsenter", `--net=/var/run/netns/${node}`], [address]);
      assert.notEqual(byNode, undefined, `no answer from ${address} to ${node}`);
      for (const other of pods) {
        assert.notEqual(pingFrom(other.pod, address), undefined, `${other.pod.name} to ${address}`);
      }
    }
  }
}

/** The chained plugin's configuration, with what the plugin before printed. */
function coordinatorConf({ machine }: StagePod, prevResult: unknown): NetworkConf {
  return {
    cniVersion: "1.0.0",
    name: "lan",
    type: "coordinator",
    ipam_unix_socket_path: machine.agent.socket,
    logOptions: { logFile: `${machine.agent.logFile}.coordinator` },
    prevResult,
  };
}

async function chained(
  pod: StagePod,
  { command, previous }: { command: "ADD" | "CHECK" | "DEL"; previous: CniAnswer },
) {
  return await pod.machine.runtime.call(coordinatorConf(pod, previous.result), callOf(pod, command));
}

function linkCount(netns: string): number {
  return runTool("ip", ["-n", netns, "-o", "link"]).split("\n").length;
}
