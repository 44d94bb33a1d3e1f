/**
 * A cluster for tests of `agent/ipam`: the embedded API on a clock of its own, or a real API server where one was chosen,
 * and agents whose connection can break.
 */
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type Clock, systemClock } from "../../net/base/clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import {
  createIpam,
  type Ipam,
  type IpamConfig,
  type Journal,
  MemoryJournal,
  type ReadMaster,
} from "../../agent/ipam/mod.ts";
import type { QuarantineNote } from "../../agent/ipam/conflict.ts";
import type { IpamAddArgs, IpamAddResponse, IpamBatchDelArgs, IpamDelArgs } from "../../agent/api/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { type SpiderEndpoint, spiderEndpoints, type SpiderIPPool, spiderIPPools } from "../../crd/generated/mod.ts";
import type { PoolRecord } from "../../crd/ipam/record.ts";
import type { KubeMethod, KubeObject } from "../../crd/kube/contract.ts";
import { httpTransport } from "../../crd/kube/mod.ts";
import { EmbeddedApi, type ServedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { BreakableTransport } from "./breakable_transport.ts";
import { eventually } from "./call.ts";
import { RealCluster } from "./ipam_real.ts";
import { realServer } from "./real_server.ts";

/** Beginning of time in these tests. */
export const START_MS = Date.parse("2026-01-01T00:00:00Z");

/** A body, or a part of one. */
export type Body = Readonly<Record<string, unknown>>;

const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";

/** Pools of the worked scenarios (spec/ipam.md §17). */
export const scenarioPools: Readonly<Record<string, Body>> = {
  v4a: { ipVersion: 4, subnet: "10.1.0.0/24", ips: ["10.1.0.10-10.1.0.12"], gateway: "10.1.0.1" },
  v4b: { ipVersion: 4, subnet: "10.2.0.0/24", ips: ["10.2.0.10-10.2.0.20"], gateway: "10.2.0.1" },
  v6a: { ipVersion: 6, subnet: "fd00:1::/64", ips: ["fd00:1::10-fd00:1::20"], gateway: "fd00:1::1" },
};

/** What a Pod is made of. */
export interface PodOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** The controller's reference. */
  readonly owner?: Body;
  readonly node?: string;
  readonly restartPolicy?: string;
}

/** One cluster. Dispose it: agents and servers end with it. */
export class Cluster implements AsyncDisposable {
  readonly clock: Clock;
  readonly #embedded: EmbeddedApi | undefined;
  readonly #real: RealCluster | undefined;
  readonly #fake: FakeClock | undefined;
  readonly #agents: Agent[] = [];
  #nodeUid = "";
  #served: { readonly api: ServedApi; readonly client: Deno.HttpClient } | undefined;

  private constructor(clock: Clock, real?: RealCluster) {
    this.clock = clock;
    this.#fake = clock instanceof FakeClock ? clock : undefined;
    this.#real = real;
    if (real === undefined) {
      this.#embedded = new EmbeddedApi({ clock, random: seededRandom(1), crds: readSpiderpoolCrds() });
    }
  }

  /**
   * A cluster with node `n1`, namespace `ns1` and the pools of the scenarios.
   *
   * @param options `http`: agents reach the API over HTTP, and time is real; on a real server that is always so
   */
  static async start(
    { http = false, pools = scenarioPools }: { http?: boolean; pools?: Readonly<Record<string, Body>> } = {},
  ): Promise<Cluster> {
    const server = realServer();
    if (server !== undefined) return await Cluster.#startReal(await RealCluster.open(server), pools);
    const cluster = new Cluster(http ? systemClock : new FakeClock(START_MS));
    if (http) cluster.#served = { api: await cluster.api.serve(), client: Deno.createHttpClient({}) };
    await cluster.create("/api/v1/namespaces", { metadata: { name: "ns1", labels: { team: "x" } } });
    return await cluster.#fill(pools);
  }

  static async #startReal(real: RealCluster, pools: Readonly<Record<string, Body>>): Promise<Cluster> {
    try {
      return await new Cluster(systemClock, real).#fill(pools);
    } catch (err) {
      await real[Symbol.asyncDispose]();
      throw err;
    }
  }

  async #fill(pools: Readonly<Record<string, Body>>): Promise<Cluster> {
    const node = await this.create("/api/v1/nodes", { metadata: { name: "n1", labels: { zone: "a" } } });
    this.#nodeUid = node.metadata.uid ?? "";
    for (const [name, spec] of Object.entries(pools)) await this.pool(name, spec);
    return this;
  }

  /** The embedded API. @throws {Error} on a real one */
  get api(): EmbeddedApi {
    if (this.#embedded === undefined) throw new Error("Cannot reach into the API server: it is a real one");
    return this.#embedded;
  }

  /** Whether the API server is a real one: time is real there, too. */
  get isReal(): boolean {
    return this.#real !== undefined;
  }

  /** Asserts that since `startedMs` exactly `ms` went by; where time is real, at least. */
  assertWaited(startedMs: number, ms: number): void {
    const waitedMs = this.clock.now() - startedMs;
    if (this.#fake === undefined ? waitedMs >= ms : waitedMs === ms) return;
    throw new Error(`Cannot have waited ${ms} ms: it was ${waitedMs} ms`);
  }

  /** The API server's administrator. */
  get transport(): KubeTransport {
    return this.#real?.transport ?? this.api.transport;
  }

  /** UID of node `n1`. */
  get nodeUid(): string {
    return this.#nodeUid;
  }

  /** POST. */
  create(path: string, body: Body): Promise<KubeObject> {
    return this.#send("POST", { path, body });
  }

  /** Merge patch. */
  patch(path: string, body: Body): Promise<KubeObject> {
    return this.#send("PATCH", { path, body, contentType: "application/merge-patch+json" });
  }

  /** DELETE; `body` is DeleteOptions. */
  delete(path: string, body: Body = {}): Promise<KubeObject> {
    return this.#send("DELETE", { path, body });
  }

  /** Creates a SpiderIPPool. */
  async pool(name: string, spec: Body): Promise<void> {
    await this.create(`${spiderpool}/spiderippools`, kind("SpiderIPPool", { name }, { spec }));
  }

  /** Creates a SpiderReservedIP. */
  async reservedIP(name: string, ips: string[]): Promise<void> {
    await this.create(`${spiderpool}/spiderreservedips`, kind("SpiderReservedIP", { name }, { spec: { ips } }));
  }

  /** Writes records into a pool as another component would. */
  async putRecords(name: string, records: Body): Promise<void> {
    const status = { allocatedIPs: JSON.stringify(records), allocatedIPCount: Object.keys(records).length };
    await this.patch(`${spiderpool}/spiderippools/${name}/status`, { status });
  }

  /** Creates a Pod in `ns1`. @returns its UID */
  async pod(name: string, options: PodOptions = {}): Promise<string> {
    const { annotations = {}, labels = { app: "web" }, owner, node = "n1", restartPolicy = "Always" } = options;
    const ownerReferences = owner === undefined ? {} : { ownerReferences: [{ controller: true, ...owner }] };
    const pod = await this.create("/api/v1/namespaces/ns1/pods", {
      metadata: { name, annotations: fullKeys(annotations), labels, ...ownerReferences },
      spec: { nodeName: node, restartPolicy, containers: [{ name: "main", image: "busybox" }] },
    });
    return pod.metadata.uid ?? "";
  }

  /** Asks for a Pod's end: it terminates. */
  async terminate(name: string): Promise<void> {
    await this.delete(`/api/v1/namespaces/ns1/pods/${name}`);
  }

  /** Removes a Pod, as its kubelet does at the end. */
  async removePod(name: string): Promise<void> {
    const pod = await this.delete(`/api/v1/namespaces/ns1/pods/${name}`, { gracePeriodSeconds: 0 });
    await this.#real?.dependentsGone(pod.metadata.uid ?? "");
    await this.#settle();
  }

  /** Creates a StatefulSet in `ns1`. @returns the reference its Pods carry */
  async statefulSet(name: string, spec: Body): Promise<Body> {
    const path = "/apis/apps/v1/namespaces/ns1/statefulsets";
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    };
    const selector = { matchLabels: { app: name } };
    const set = await this.create(path, {
      metadata: { name },
      spec: { serviceName: name, selector, template, ...spec },
    });
    return { apiVersion: "apps/v1", kind: "StatefulSet", name, uid: set.metadata.uid };
  }

  /** `status.allocatedIPs` of a pool, decoded; also checks that the count fits. */
  records(pool: string): Record<string, PoolRecord> {
    const { allocatedIPs = "{}", allocatedIPCount = 0 } = this.#find<SpiderIPPool>(spiderIPPools, pool)?.status ?? {};
    const records: Record<string, PoolRecord> = JSON.parse(allocatedIPs);
    const { length } = Object.keys(records);
    if (allocatedIPCount === length) return records;
    throw new Error(`IPPool ${pool} counts ${allocatedIPCount} addresses, ${length} are recorded`);
  }

  /** All records of all pools as `pool address pod nic`. */
  held(): string[] {
    return this.snapshot(spiderIPPools).flatMap(({ metadata: { name } }) =>
      Object.entries(this.records(name)).map(([address, { pod, nic = "eth0" }]) => `${name} ${address} ${pod} ${nic}`)
    );
  }

  /** The SpiderEndpoint of a Pod in `ns1`. */
  endpoint(name: string): SpiderEndpoint | undefined {
    return this.#find<SpiderEndpoint>(spiderEndpoints, name);
  }

  /** An agent that has read the cluster, unless told not to wait. */
  async agent(options: AgentOptions = {}): Promise<Agent> {
    const { node = "n1" } = options;
    const agent = new Agent(this, this.#transportOf(`agent-${node}`), options);
    this.#agents.push(agent);
    if (options.waitUntilReady ?? true) await this.drive(agent.ready());
    agent.connection.requests.length = 0;
    return agent;
  }

  #transportOf(userAgent: string): KubeTransport {
    if (this.#real !== undefined) return this.#real.transport;
    if (this.#served === undefined) return this.api.connect(userAgent);
    return httpTransport({ server: this.#served.api.url, client: this.#served.client, userAgent });
  }

  /** Waits for `promise`; a fake clock moves from sleeper to sleeper meanwhile, for at most ten minutes. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    if (this.#fake === undefined) return await promise.finally(() => this.#real?.refresh());
    let ended = false;
    const end = () => void (ended = true);
    promise.then(end, end);
    const untilMs = this.#fake.now() + 600_000;
    for (await turn(); !ended; await turn()) {
      const next = this.#fake.next() ?? Infinity;
      if (next > untilMs) throw new Error("Cannot go on: the promise is pending after ten minutes");
      this.#fake.advance(next - this.#fake.now());
    }
    return await promise;
  }

  /** Moves the fake clock by `ms` and lets everything run that is due. */
  async advance(ms: number): Promise<void> {
    await this.#fake?.run(ms);
    await this.#settle();
  }

  /** Waits until `check` says yes; on the embedded API that is so once everything has run that is due. */
  async until(what: string, check: () => Promise<boolean>): Promise<void> {
    await this.advance(0);
    if (this.#real !== undefined) await eventually(what, check);
    await this.refresh();
  }

  /** Looks again at what is there. */
  async refresh(): Promise<void> {
    await this.#real?.refresh();
  }

  /** Lets everybody hear of the last write. */
  async #settle(): Promise<void> {
    await turn();
    await this.#real?.watchersHeard();
    await this.#real?.refresh();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) await agent.stop();
    await this.#real?.[Symbol.asyncDispose]();
    this.#served?.client.close();
    await this.#served?.api.shutdown();
  }

  async #send(
    method: KubeMethod,
    { path, body, contentType }: { path: string; body: Body; contentType?: string },
  ): Promise<KubeObject> {
    const options = { method, path, body: JSON.stringify(body), ...(contentType === undefined ? {} : { contentType }) };
    const response = await this.transport.request(options);
    const answer = await new Response(response.body).text();
    if (response.status > 299) throw new Error(`Cannot ${method} ${path}: ${response.status} ${answer}`);
    if (method !== "POST") await this.#real?.refresh();
    return JSON.parse(answer);
  }

  /** Objects of the server are what its schema says. */
  #find<T>(type: { group: string; plural: string }, name: string): T | undefined {
    return this.snapshot(type).find(({ metadata }) => metadata.name === name) as T | undefined;
  }

  /** All objects of a resource; on a real API server at the last look: see {@linkcode refresh}. */
  snapshot(type: { group: string; plural: string }): readonly KubeObject[] {
    return (this.#real?.snapshot(type) ?? this.api.snapshot(type)) as readonly unknown[] as readonly KubeObject[];
  }
}

/** How an agent is. */
export interface AgentOptions {
  readonly node?: string;
  /** The journal of the agent before it. @default an empty one */
  readonly journal?: Journal;
  readonly config?: Partial<IpamConfig>;
  readonly features?: Partial<IpamConfig["features"]>;
  /** @default true */
  readonly waitUntilReady?: boolean;
  /** Whether the API server cannot be reached from the start. @default false */
  readonly isDown?: boolean;
  /** Looks for the addresses of a NIC's master. @default nobody can */
  readonly master?: ReadMaster;
  /** Told of addresses that were set aside. */
  readonly onQuarantined?: (note: QuarantineNote) => void;
}

/** The Pod and NIC of a request; UID and container are made up when they are not told. */
export type Request = Partial<IpamAddArgs> & { readonly podName: string; readonly podUID: string };

/** One agent. */
export class Agent {
  readonly connection: BreakableTransport;
  readonly journal: Journal;
  readonly ipam: Ipam;
  readonly #cluster: Cluster;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(cluster: Cluster, transport: KubeTransport, options: AgentOptions) {
    const { node = "n1", journal = new MemoryJournal(), config, features } = options;
    this.#cluster = cluster;
    this.connection = new BreakableTransport(transport);
    this.connection.isDown = options.isDown ?? false;
    this.journal = journal;
    this.ipam = createIpam({
      transport: this.connection,
      journal,
      config: { ...defaultConfig, nodeName: node, features: { ...allFeatures, ...features }, ...config },
      maxAllocatedIPs: 5000,
      clock: cluster.clock,
      random: seededRandom(2),
      log: silentLog,
      ...(options.master !== undefined && { master: options.master }),
      ...(options.onQuarantined !== undefined && { onQuarantined: options.onQuarantined }),
    });
    this.#running = this.ipam.run(this.#stop.signal);
  }

  ready(): Promise<void> {
    return this.ipam.ready(this.#stop.signal);
  }

  /** Starts an ADD; see {@linkcode add}. */
  startAdd(request: Request, signal: AbortSignal = new AbortController().signal): Promise<IpamAddResponse> {
    const rest = { containerID: "c1", ifName: "eth0", netNamespace: "/proc/1/ns/net", podNamespace: "ns1" };
    const added = this.ipam.service.add({ ...rest, ...request }, signal);
    added.catch(() => undefined);
    return added;
  }

  /** Runs an ADD to its end. */
  add(request: Request): Promise<IpamAddResponse> {
    return this.#cluster.drive(this.startAdd(request));
  }

  /** Runs an ADD that is refused. @returns the error's message, the text of the agent's answer */
  async refusal(request: Request): Promise<string> {
    try {
      await this.add(request);
    } catch (err) {
      if (err instanceof Error) return err.message;
      throw err;
    }
    throw new Error("the ADD was served");
  }

  /** Runs an ADD. @returns its addresses as `nic address pool` */
  async addresses(request: Request): Promise<string[]> {
    return addressesOf(await this.add(request));
  }

  /** Runs a DEL to its end. */
  async del(request: Partial<IpamDelArgs> & { podName: string; podUID: string }): Promise<void> {
    const rest = { containerID: "c1", ifName: "eth0", podNamespace: "ns1" };
    await this.#cluster.drive(this.ipam.service.release({ ...rest, ...request }, new AbortController().signal));
  }

  /** Starts a batch release: of everything the Pod holds, or of what is in conflict. */
  startBatch(request: Partial<IpamBatchDelArgs> & { podName: string; podUID: string }): Promise<void> {
    const rest = { containerID: "c1", podNamespace: "ns1" };
    const released = this.ipam.service.releaseBatch({ ...rest, ...request }, new AbortController().signal);
    released.catch(() => undefined);
    return released;
  }

  /** Runs a batch release to its end. */
  async batch(request: Partial<IpamBatchDelArgs> & { podName: string; podUID: string }): Promise<void> {
    await this.#cluster.drive(this.startBatch(request));
  }

  /** Stops it in good order. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the agent stops"));
    await this.#running;
  }

  /** `kill -9`: no request of it reaches the API server any more. */
  async kill(): Promise<void> {
    this.connection.kill();
    await this.stop();
  }
}

/** An answer's addresses as `nic address pool`. */
export function addressesOf({ ips }: IpamAddResponse): string[] {
  return (ips ?? []).map(({ nic, address, ipPool }) => `${nic} ${address} ${ipPool}`);
}

/** Lets everything run that waits for nothing but promises. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

const allFeatures: IpamConfig["features"] = {
  enableIPv4: true,
  enableIPv6: true,
  enableSpiderSubnet: true,
  enableAutoPool: true,
  enableStatefulSet: true,
  enableKubevirt: false,
};

const defaultConfig: Omit<IpamConfig, "nodeName" | "features"> = {
  agentNamespace: "sp",
  clusterNetwork: "sp/mv0",
  enableIPConflictDetection: false,
  enableGatewayDetection: false,
  deadlineMs: 30_000,
  waitForFreeMs: 1000,
  maxHistory: 100,
};

function kind(name: string, metadata: Body, rest: Body): Body {
  return { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: name, metadata, ...rest };
}

function fullKeys(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(annotations);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.includes("/") ? key : `ipam.spidernet.io/${key}`, value]),
  );
}
