import { systemClock } from "../../net/base/clock.ts";
import { type AgentClient, createAgentClient, type IpamAddArgs, unixExchange } from "../../agent/api/mod.ts";
import { spiderIPPools } from "../../crd/generated/mod.ts";
import { type Pod, pods } from "../../crd/core/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { EmbeddedApi } from "../apiserver/server.ts";
import { AgentProcess } from "../shared/agent_process.ts";
import { agentCommand, tempParent } from "../shared/executable.ts";
import { newEmbeddedApi } from "./api_under_test.ts";

/** What the agent shows to the API server. */
export const AGENT_TOKEN = "a-token-that-must-not-be-in-any-log";

/** A real process of the agent over an embedded API server with pool `v4a`, `10.1.0.10` and `10.1.0.11`. */
export class RunningAgent implements AsyncDisposable {
  readonly folder: string;
  readonly process: AgentProcess;
  readonly client: AgentClient;
  readonly #api: EmbeddedApi;
  readonly #shutdown: () => Promise<void>;

  private constructor(
    parts: { folder: string; process: AgentProcess; api: EmbeddedApi; shutdown: () => Promise<void> },
  ) {
    this.folder = parts.folder;
    this.process = parts.process;
    this.#api = parts.api;
    this.#shutdown = parts.shutdown;
    this.client = createAgentClient(unixExchange(this.process.socket, { timeoutMs: 60_000 }));
  }

  /**
   * @param env makes the agent's environment from the folder it may write to
   * @param more further members of conf.yml
   */
  static async start(
    env: (folder: string) => Record<string, string>,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<RunningAgent> {
    const folder = await Deno.makeTempDir({ prefix: "agent-", ...tempParent() });
    const api = newEmbeddedApi();
    const served = await api.serve();
    const config = JSON.parse(served.kubeconfig());
    config.users[0].user.token = AGENT_TOKEN;
    const kubeconfig = `${folder}/kubeconfig`;
    await Deno.writeTextFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    const command = await agentCommand();
    const conf = { enableIPv6: false, ...more };
    const process = new AgentProcess({ nodeName: "n1", folder, kubeconfig, conf, command, env: env(folder) });
    const agent = new RunningAgent({ folder, process, api, shutdown: () => served.shutdown() });
    try {
      await agent.#addPool();
      await process.start();
    } catch (err) {
      await agent[Symbol.asyncDispose]();
      throw err;
    }
    return agent;
  }

  /** Makes a Pod of this node. @returns what its plugin asks */
  async pod(name: string): Promise<IpamAddArgs> {
    const body: Pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default", annotations: { "ipam.spidernet.io/ippool": '{"ipv4":["v4a"]}' } },
      spec: { nodeName: "n1", containers: [{ name: "main", image: "busybox" }] } as Pod["spec"],
    };
    const { metadata } = await resourceClient(this.#api.transport, pods, { clock: systemClock }).create(body);
    return attachmentOf(name, metadata.uid ?? "");
  }

  async #addPool(): Promise<void> {
    const pools = resourceClient(this.#api.transport, spiderIPPools, { clock: systemClock });
    await pools.create({
      apiVersion: "spiderpool.spidernet.io/v2beta1",
      kind: "SpiderIPPool",
      metadata: { name: "v4a" },
      spec: { ipVersion: 4, subnet: "10.1.0.0/24", ips: ["10.1.0.10-10.1.0.11"] },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
    await this.#shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** What the plugin asks for `eth0` of a Pod. */
export function attachmentOf(podName: string, podUID: string): IpamAddArgs {
  return {
    containerID: `c-${podName}`,
    ifName: "eth0",
    netNamespace: "/run/netns/none",
    podNamespace: "default",
    podName,
    podUID,
    cleanGateway: false,
  };
}
