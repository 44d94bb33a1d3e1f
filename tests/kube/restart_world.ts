/** One node with an API server of its own, and agents that follow each other there as processes. */
import type { PoolRecord } from "../../crd/ipam/record.ts";
import { spiderEndpoints, type SpiderIPPool, spiderIPPools } from "../../crd/generated/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { ServedApi } from "../apiserver/http.ts";
import type { EmbeddedApi } from "../apiserver/server.ts";
import { AgentProcess } from "../shared/agent_process.ts";
import { agentCommand, tempParent } from "../shared/executable.ts";
import { newEmbeddedApi } from "./api_under_test.ts";
import { jsonCall } from "./call.ts";
import { type Body, kind, spiderpool } from "./ipam_bodies.ts";

/** The world of a restart. */
export class RestartWorld implements AsyncDisposable {
  readonly folder: string;
  /** Where plugins ask. */
  readonly socket: string;
  readonly #api: EmbeddedApi;
  readonly #served: ServedApi;
  readonly #command: readonly string[] | undefined;
  readonly #conf: Body;
  readonly #agents: AgentProcess[] = [];

  private constructor(
    parts: { api: EmbeddedApi; served: ServedApi; folder: string; command?: readonly string[]; conf: Body },
  ) {
    this.#api = parts.api;
    this.#served = parts.served;
    this.#command = parts.command;
    this.#conf = parts.conf;
    this.folder = parts.folder;
    this.socket = `${parts.folder}/spiderpool.sock`;
  }

  /** @param conf members of the agents' conf.yml */
  static async create(conf: Body): Promise<RestartWorld> {
    const api = newEmbeddedApi();
    const served = await api.serve();
    const folder = await Deno.makeTempDir({ prefix: "restart-", ...tempParent() });
    await Deno.writeTextFile(`${folder}/kubeconfig`, served.kubeconfig());
    const command = await agentCommand();
    const world = new RestartWorld({ api, served, folder, conf, ...(command !== undefined && { command }) });
    await world.post("/api/v1/nodes", { metadata: { name: "n1" } });
    return world;
  }

  /** The administrator's way to the API server. */
  get transport(): KubeTransport {
    return this.#api.transport;
  }

  async post(path: string, body: Body): Promise<void> {
    await jsonCall(this.transport, { method: "POST", path, body });
  }

  /** Makes an IPv4 pool. */
  async pool(name: string, ips: string): Promise<void> {
    const spec = { ipVersion: 4, subnet: "10.1.0.0/16", ips: [ips], gateway: "10.1.0.1" };
    await this.post(`${spiderpool}/spiderippools`, kind("SpiderIPPool", { name }, { spec }));
  }

  /** Replaces the records of a pool, as another component would. */
  async putRecords(name: string, records: Readonly<Record<string, PoolRecord>>): Promise<void> {
    const status = { allocatedIPs: JSON.stringify(records), allocatedIPCount: Object.keys(records).length };
    const path = `${spiderpool}/spiderippools/${name}/status`;
    await jsonCall(this.transport, {
      method: "PATCH",
      path,
      contentType: "application/merge-patch+json",
      body: { status },
    });
  }

  /** Addresses of a pool with the UIDs of their holders, in order. */
  held(name: string): [address: string, podUid: string][] {
    const pools = this.#api.snapshot(spiderIPPools) as readonly unknown[] as readonly SpiderIPPool[];
    const text = pools.find(({ metadata }) => metadata.name === name)?.status?.allocatedIPs ?? "{}";
    const records: Record<string, PoolRecord> = JSON.parse(text);
    return Object.entries(records).map(([address, { podUid }]): [string, string] => [address, podUid]).sort();
  }

  /** Names of all SpiderEndpoints. */
  endpoints(): string[] {
    return this.#api.snapshot(spiderEndpoints).map(({ metadata }) => String(metadata.name)).sort();
  }

  /** Names of the entries in the journal. */
  journal(): string[] {
    return [...Deno.readDirSync(`${this.folder}/spiderpool-journal`)].map(({ name }) => name);
  }

  /** The next agent of the node; it is not started yet. */
  agent(): AgentProcess {
    const command = this.#command;
    const { folder } = this;
    const agent = new AgentProcess({
      nodeName: "n1",
      folder,
      kubeconfig: `${folder}/kubeconfig`,
      conf: this.#conf,
      command,
    });
    this.#agents.push(agent);
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) await agent.kill();
    await this.#served.shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }
}
