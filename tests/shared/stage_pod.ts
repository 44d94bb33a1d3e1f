import { type Pod, pods } from "../../crd/core/mod.ts";
import { ping } from "./ping.ts";
import { runTool } from "./run_tool.ts";
import type { CniAnswer, CniCall } from "./cni_runtime.ts";
import type { Machine, Stage } from "./stage.ts";

const MACVLAN = { type: "macvlan", master: "eth0", mode: "bridge" };

/** What a Pod of a stage is to be. */
export interface PodWish {
  readonly name: string;
  readonly machine: Machine;
  /** Pools of the CNI configuration. */
  readonly pools?: { readonly v4?: readonly string[]; readonly v6?: readonly string[] };
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  /** The main plugin's own members. @default macvlan in bridge mode over the machine's `eth0` */
  readonly mainPlugin?: PluginConf;
  /** A plugin in front of the main one. @default none */
  readonly front?: PluginConf;
}

/** A plugin's type and its own members. */
export type PluginConf = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A Pod that runs. */
export interface StagePod extends PodWish {
  readonly uid: string;
  readonly netns: string;
  readonly containerId: string;
}

/** What came of a Pod's ADD. */
export interface AddReport {
  readonly pod: StagePod;
  readonly answer: CniAnswer;
  /** Of the whole ADD: main plugin, IPAM plugin and agent. */
  readonly durationMs: number;
}

/** Plays scheduler, kubelet and container runtime for one Pod: the object, the namespace, then a real CNI ADD. */
export async function startPod(stage: Stage, wish: PodWish): Promise<AddReport> {
  const object: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: wish.name,
      namespace: "default",
      labels: wish.labels ?? {},
      annotations: wish.annotations ?? {},
    },
    spec: { nodeName: wish.machine.name, containers: [{ name: "app", image: "app" }] },
  };
  const created = await stage.client(pods).create(object);
  const pod: StagePod = {
    ...wish,
    uid: created.metadata.uid ?? "",
    netns: stage.lan.addPod(wish.name),
    containerId: `${wish.name}-sandbox`,
  };
  return await addPod(stage, pod);
}

/** One more ADD for a Pod that was created. */
export async function addPod(stage: Stage, pod: StagePod): Promise<AddReport> {
  const startedMs = performance.now();
  const answer = await addChain(pod);
  const durationMs = performance.now() - startedMs;
  if (answer.code === 0) await reportRunning(stage, pod, answer);
  return { pod, answer, durationMs };
}

/** The plugin in front, then the main one; a failure ends the chain. */
async function addChain(pod: StagePod): Promise<CniAnswer> {
  const front = await callFront(pod, "ADD");
  if (front !== undefined && front.code !== 0) return front;
  const prevResult = front?.result;
  return await pod.machine.runtime.call({ ...confOf(pod), ...(prevResult && { prevResult }) }, callOf(pod, "ADD"));
}

async function callFront(pod: StagePod, command: CniCall["command"]): Promise<CniAnswer | undefined> {
  if (pod.front === undefined) return undefined;
  return await pod.machine.runtime.call({ cniVersion: "1.0.0", name: "lan", ...pod.front }, callOf(pod, command));
}

/** What a kubelet makes after a failed ADD or a lost sandbox: the same Pod, another container and namespace. */
export function newSandbox(stage: Stage, pod: StagePod): StagePod {
  stage.lan.removePod(pod.netns);
  return { ...pod, netns: stage.lan.addPod(pod.name), containerId: `${pod.containerId}-again` };
}

/** Deletes a Pod as Kubernetes does: mark it, CNI DEL, then remove the object. */
export async function stopPod(stage: Stage, pod: StagePod): Promise<CniAnswer> {
  const key = { namespace: "default", name: pod.name };
  await stage.client(pods).delete(key, { gracePeriodSeconds: 30 });
  const main = await pod.machine.runtime.call(confOf(pod), callOf(pod, "DEL"));
  const front = await callFront(pod, "DEL");
  await stage.client(pods).delete(key, { gracePeriodSeconds: 0 });
  stage.lan.removePod(pod.netns);
  return main.code === 0 && front !== undefined ? front : main;
}

/** Pings `address` from inside `pod`. @returns the round trip as ping(8) prints it, or `undefined` for no answer */
export function pingFrom(pod: StagePod, address: string): string | undefined {
  return /time=([0-9.]+ ms)/.exec(ping(["nsenter", `--net=${pod.netns}`], [address]) ?? "")?.[1];
}

/** What `ip addr` shows for `eth0` in the Pod. */
export function addressesIn(pod: StagePod): string[] {
  const text = runTool("nsenter", [`--net=${pod.netns}`, "ip", "-j", "addr", "show", "dev", "eth0", "scope", "global"]);
  const [link] = JSON.parse(text) as { addr_info: { local?: string; prefixlen?: number }[] }[];
  return (link?.addr_info ?? []).flatMap(({ local, prefixlen }) =>
    local === undefined ? [] : [`${local}/${prefixlen}`]
  );
}

/** As the kubelet does, so that `kubectl get pods -o wide` shows the addresses. */
async function reportRunning(stage: Stage, pod: StagePod, { result }: CniAnswer): Promise<void> {
  const podIPs = (result?.ips ?? []).map(({ address }) => ({ ip: address.split("/")[0] ?? "" }));
  const [first] = podIPs;
  const status = { phase: "Running", podIPs, ...(first === undefined ? {} : { podIP: first.ip }) };
  const key = { namespace: "default", name: pod.name };
  await stage.client(pods).patch(key, { type: "merge", patch: { status } }, { subresource: "status" });
}

/** The CNI configuration of a Pod, as the runtime gives it to the main plugin. */
export function confOf({ machine, pools = {}, mainPlugin = MACVLAN }: PodWish) {
  return {
    cniVersion: "1.0.0",
    name: "lan",
    ...mainPlugin,
    ipam: {
      type: "spiderpool",
      ipam_unix_socket_path: machine.agent.socket,
      log_file_path: `${machine.agent.logFile}.cni`,
      ...(pools.v4 === undefined ? {} : { default_ipv4_ippool: pools.v4 }),
      ...(pools.v6 === undefined ? {} : { default_ipv6_ippool: pools.v6 }),
    },
  };
}

/** What the runtime tells the plugin about `pod`. */
export function callOf(pod: StagePod, command: CniCall["command"]): CniCall {
  const { containerId, netns, uid, name } = pod;
  return { command, containerId, netns, ifname: "eth0", pod: { namespace: "default", name, uid } };
}
