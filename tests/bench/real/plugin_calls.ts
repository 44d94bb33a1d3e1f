import { join } from "node:path";
import { bundleExecutable, executables } from "../../../scripts/bundle.ts";
import type { BenchPod } from "../bench_agent.ts";
import { forEachLimited } from "../limited.ts";
import { poolsOf, sizedPools } from "../pools.ts";
import { type Summary, summaryOf } from "../stats.ts";
import { Fleet } from "./fleet.ts";
import { peerAddress } from "./peers.ts";
import type { RealBench } from "./setting.ts";
import { benchNode, RealWorld } from "./real_world.ts";

/** What ADDs cost when each is a process of the plugin, as a container runtime starts it. */
export interface PluginCallsRow {
  /** Processes at a time. */
  readonly atOnce: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  /** From the start of a process to its end. */
  readonly ms: Summary;
  readonly failures: number;
  /** What the plugin said. */
  readonly firstFailure: string | undefined;
}

/** Calls the plugin for `calls` Pods at each level of `atOnce`, all on one node. */
export async function measurePluginCalls(
  bench: RealBench,
  { atOnce, calls }: { readonly atOnce: readonly number[]; readonly calls: number },
): Promise<readonly PluginCallsRow[]> {
  const { api, bundle } = bench;
  const folder = await Deno.makeTempDir({ prefix: "bench-plugin-" });
  await RealWorld.ensureNodes(api.admin, 1);
  const pools = sizedPools("IPv4", calls * (atOnce.length + 1));
  const world = await RealWorld.create(api.admin, { namespace: "bench-plugin", pools });
  try {
    const path = await pluginIn(folder);
    await using fleet = await Fleet.start({
      nodes: [{ nodeName: benchNode(0), address: peerAddress(0) }],
      maxProcesses: 1,
      kubeconfig: api.kubeconfig,
      peerTokenPath: api.peerTokenPath,
      netns: api.netns,
      conf: "enableIPv4: true\nagent: { peerCommit: { enabled: false } }\n",
      bundle,
      home: await Deno.makeTempDir({ dir: folder }), // a plugin may not open what is below /dev
    });
    const socket = fleet.sockets[0] ?? "";
    const rows: PluginCallsRow[] = [];
    for (const level of [0, ...atOnce]) { // the first round warms up
      const pods = await world.createPods({ prefix: `at-${level}`, count: calls, agents: [0], pools: poolsOf("IPv4") });
      const row = await callAll(pods, { path, socket, folder, atOnce: Math.max(1, level) });
      if (level > 0) rows.push(row);
    }
    return rows;
  } finally {
    await world.remove();
    await Deno.remove(folder, { recursive: true });
  }
}

async function pluginIn(folder: string): Promise<string> {
  const executable = executables.find(({ name }) => name === "spiderpool");
  if (executable === undefined) throw new Error("Cannot measure the plugin: no executable is called spiderpool");
  return await bundleExecutable(executable, { outDir: folder });
}

interface PluginCall {
  readonly path: string;
  readonly socket: string;
  readonly folder: string;
}

async function callAll(
  pods: readonly BenchPod[],
  { atOnce, ...call }: PluginCall & { readonly atOnce: number },
): Promise<PluginCallsRow> {
  const samples: number[] = [];
  let failures = 0;
  let firstFailure: string | undefined;
  const start = performance.now();
  await forEachLimited(pods, atOnce, async (pod) => {
    const began = performance.now();
    const failure = await callOnce(pod, call);
    samples.push(performance.now() - began);
    if (failure !== undefined) failures++;
    firstFailure ??= failure;
  });
  const seconds = (performance.now() - start) / 1000;
  const { length: calls } = pods;
  return { atOnce, calls, callsPerSecond: calls / seconds, ms: summaryOf(samples), failures, firstFailure };
}

/** What went wrong; `undefined`: nothing. A namespace of another kind stands for the Pod's: nothing is probed in it. */
async function callOnce({ namespace, name, uid, pools }: BenchPod, call: PluginCall): Promise<string | undefined> {
  const child = new Deno.Command(call.path, {
    clearEnv: true,
    env: {
      CNI_COMMAND: "ADD",
      CNI_CONTAINERID: `sandbox-${uid}`,
      CNI_NETNS: "/proc/self/ns/uts",
      CNI_IFNAME: "eth0",
      CNI_PATH: "/opt/cni/bin",
      CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_UID=${uid}`,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ipam = {
    type: "spiderpool",
    ipam_unix_socket_path: call.socket,
    log_file_path: join(call.folder, "spiderpool.log"),
    default_ipv4_ippool: [pools[4]],
  };
  const config = { cniVersion: "1.0.0", name: "bench", type: "macvlan", master: "eth9", ipam };
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(config))).then(() => writer.close()).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  return success ? undefined : new TextDecoder().decode(stdout.length > 0 ? stdout : stderr).trim();
}
