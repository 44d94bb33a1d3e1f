/**
 * A cluster for tests of `agent/ipam`: the embedded API on a clock of its own, or a real API server where one was chosen,
 * and agents whose connection can break.
 */
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type Clock, systemClock } from "../../net/base/clock.ts";
import { seededRandom } from "../../net/base/random.ts";
import { type SpiderEndpoint, spiderEndpoints, type SpiderIPPool, spiderIPPools } from "../../crd/generated/mod.ts";
import type { PoolRecord } from "../../crd/ipam/record.ts";
import type { KubeMethod, KubeObject, KubeTransport } from "../../crd/kube/contract.ts";
import { httpTransport } from "../../crd/kube/mod.ts";
import { EmbeddedApi, type ServedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { eventually } from "./call.ts";
import { driven, turn } from "./fake_time.ts";
import { Heard } from "./heard.ts";
import { Agent, type AgentOptions } from "./ipam_agent.ts";
import {
  type Body,
  kind,
  podBody,
  type PodOptions,
  scenarioPools,
  spiderpool,
  statefulSetBody,
} from "./ipam_bodies.ts";
import { RealCluster } from "./ipam_real.ts";
import { realServer } from "./real_server.ts";

// what tests with a cluster use beside it
export { turn } from "./fake_time.ts";
export { addressesOf, Agent, type AgentOptions, type Request } from "./ipam_agent.ts";
export { type Body, type PodOptions, scenarioPools } from "./ipam_bodies.ts";

/** Beginning of time in these tests. */
export const START_MS = Date.parse("2026-01-01T00:00:00Z");

/** One cluster. Dispose it: agents and servers end with it. */
export class Cluster implements AsyncDisposable {
  readonly clock: Clock;
  readonly #embedded: EmbeddedApi | undefined;
  readonly #real: RealCluster | undefined;
  readonly #fake: FakeClock | undefined;
  readonly #agents: Agent[] = [];
  readonly #heard = new Heard();
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
   * A cluster with nodes `n1` and `n2`, namespace `ns1` and the pools of the scenarios.
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
    await this.create("/api/v1/nodes", { metadata: { name: "n2" } }); // of nodes that are not there a controller deletes Pods
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
    const pod = await this.create("/api/v1/namespaces/ns1/pods", podBody(name, options));
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
    const set = await this.create("/apis/apps/v1/namespaces/ns1/statefulsets", statefulSetBody(name, spec));
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
    if (this.#real !== undefined) return this.#heard.through(this.#real.transport);
    if (this.#served === undefined) return this.api.connect(userAgent);
    return httpTransport({ server: this.#served.api.url, client: this.#served.client, userAgent });
  }

  /** Waits for `promise`; a fake clock moves from sleeper to sleeper meanwhile, for at most ten minutes. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    if (this.#fake !== undefined) return await driven(promise, this.#fake);
    return await promise.finally(() => this.#real?.refresh());
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
    if (this.#real === undefined) return;
    await this.#heard.all();
    await turn();
    await this.#real.refresh();
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
    if (method !== "POST" && this.isReal) await this.#settle();
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
