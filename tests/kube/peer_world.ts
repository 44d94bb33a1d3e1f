/** Agents with peer ports on loopback addresses, over the embedded API: real TLS, real tokens, real time. */
import { createIpam, type Ipam, type IpamConfig, MemoryJournal } from "../../agent/ipam/mod.ts";
import { AUDIENCE } from "../../agent/peer/port/authenticator.ts";
import { lifeFile, PeerPort } from "../../agent/peer/port/mod.ts";
import { systemMonotonic } from "../../agent/peer/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { systemClock } from "../../net/base/clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import { EmbeddedApi, type ObservedRequest } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { freePort } from "../../net/base/free_port.ts";
import { jsonCall } from "./call.ts";

/** User name of all agents. */
export const AGENTS = "system:serviceaccount:spiderpool:spiderpool-agent";
/** Until when a peer works, in milliseconds, unless a test says otherwise. */
const TIMEOUT_MS = 1_000;

/** An agent with its port. */
export interface PeerAgent {
  readonly node: string;
  readonly port: PeerPort;
  readonly ipam: Ipam;
  /** ADD of `eth0` from the pool `p`. @returns its address */
  add(pod: { readonly name: string; readonly uid: string }): Promise<string>;
  /** Ends in good order. */
  stop(): Promise<void>;
}

/** A cluster of agents. Addresses of nodes are `127.0.0.2` and so on. */
export class PeerWorld {
  readonly api: EmbeddedApi;
  /** All requests that the API answered. */
  readonly observed: ObservedRequest[] = [];
  /** The peer port of every node. */
  readonly port: number;
  /** Until when a peer works, in milliseconds; an agent waits for two of these when it starts. */
  timeoutMs = TIMEOUT_MS;
  readonly #folder = Deno.makeTempDirSync();
  readonly #nodes: readonly string[];
  readonly #agents = new Set<PeerAgent>();

  private constructor(nodes: readonly string[]) {
    this.#nodes = nodes;
    this.port = freePort();
    this.api = new EmbeddedApi({
      clock: systemClock,
      random: seededRandom(1),
      crds: readSpiderpoolCrds(),
      observe: (request) => this.observed.push(request),
    });
  }

  /** A cluster with `nodes`, the namespace `spiderpool`, the Service's EndpointSlice and the pool `p`. */
  static async start(nodes: readonly string[]): Promise<PeerWorld> {
    const world = new PeerWorld(nodes);
    await world.#create("/api/v1/namespaces", { metadata: { name: "spiderpool" } });
    for (const name of nodes) await world.#create("/api/v1/nodes", { metadata: { name } });
    await world.#create("/apis/spiderpool.spidernet.io/v2beta1/spiderippools", {
      apiVersion: "spiderpool.spidernet.io/v2beta1",
      kind: "SpiderIPPool",
      metadata: { name: "p" },
      spec: { ipVersion: 4, subnet: "10.1.0.0/16", ips: ["10.1.0.1-10.1.3.255"] },
    });
    await world.#create("/apis/discovery.k8s.io/v1/namespaces/spiderpool/endpointslices", {
      metadata: { name: "spiderpool-agent-x", labels: { "kubernetes.io/service-name": "spiderpool-agent" } },
      addressType: "IPv4",
      ports: [{ name: "peer", port: world.port, protocol: "TCP" }],
      endpoints: nodes.map((nodeName) => ({
        nodeName,
        addresses: [world.hostOf(nodeName)],
        conditions: { ready: true },
      })),
    });
    return world;
  }

  /** Address of a node. */
  hostOf(node: string): string {
    return `127.0.0.${2 + this.#nodes.indexOf(node)}`;
  }

  /** A token as the kubelet would project it. */
  token({ username = AGENTS, audience = AUDIENCE, lifeMs = 3_600_000 } = {}): string {
    return this.api.tokens.issue({ username, audiences: [audience], expiresMs: Date.now() + lifeMs });
  }

  /** An agent that has read the cluster, and whose certificate is known. */
  async agent(node: string, transport: KubeTransport = this.api.connect(node)): Promise<PeerAgent> {
    const tokenPath = `${this.#folder}/${node}`;
    Deno.writeTextFileSync(tokenPath, this.token());
    const shared = { clock: systemClock, random: seededRandom(this.#nodes.indexOf(node)), log: silentLog };
    const port = new PeerPort({
      ...shared,
      transport,
      namespace: "spiderpool",
      node,
      hostnames: [this.hostOf(node)],
      port: this.port,
      tokenPath,
      monotonic: systemMonotonic,
    });
    const ipam = createIpam({
      ...shared,
      transport,
      journal: new MemoryJournal(),
      config: { ...config, nodeName: node },
      maxAllocatedIPs: 5000,
      peers: {
        directory: port.directory,
        exchange: port.exchange,
        note: lifeFile(`${this.#folder}/${node}.life`), // without it everyone would wait for eight timeouts at its start
        timeoutMs: this.timeoutMs,
        timeoutNow: () => this.timeoutMs,
        monotonic: systemMonotonic,
      },
    });
    const stopping = new AbortController();
    const running = Promise.all([ipam.run(stopping.signal), port.run(ipam.committer!, stopping.signal)]);
    const agent: PeerAgent = {
      node,
      port,
      ipam,
      add: ({ name, uid }) => this.#add(agent, { name, uid }),
      stop: async () => {
        this.#agents.delete(agent);
        await port.close();
        stopping.abort(new Error("the agent stops"));
        await running;
      },
    };
    this.#agents.add(agent);
    await ipam.ready(stopping.signal);
    await until(() => port.directory.live().some((peer) => peer.node === node));
    return agent;
  }

  /** Creates a Pod. @returns its UID */
  async pod(name: string, node: string): Promise<{ readonly name: string; readonly uid: string }> {
    const pod = await this.#create("/api/v1/namespaces/default/pods", {
      metadata: { name },
      spec: { nodeName: node, containers: [{ name: "main", image: "busybox" }] },
    });
    const { metadata } = pod as { metadata: { uid: string } };
    return { name, uid: metadata.uid };
  }

  /** Requests of a kind, such as `update spiderippools`. */
  count(verb: string, resource: string): number {
    return this.observed.filter((request) => request.verb === verb && request.resource === resource).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of [...this.#agents]) await agent.stop();
    Deno.removeSync(this.#folder, { recursive: true });
  }

  async #add({ ipam }: PeerAgent, { name, uid }: { name: string; uid: string }): Promise<string> {
    const { ips } = await ipam.service.add({
      podNamespace: "default",
      podName: name,
      podUID: uid,
      containerID: "c1",
      ifName: "eth0",
      netNamespace: "/proc/1/ns/net",
      defaultIPv4IPPool: ["p"],
    }, new AbortController().signal);
    return ips?.[0]?.address ?? "";
  }

  #create(path: string, body: Record<string, unknown>): Promise<unknown> {
    return jsonCall(this.api.transport, { method: "POST", path, body });
  }
}

/** Waits until `isTrue`. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const config: Omit<IpamConfig, "nodeName"> = {
  features: {
    enableIPv4: true,
    enableIPv6: false,
    enableSpiderSubnet: false,
    enableAutoPool: false,
    enableStatefulSet: true,
    enableKubevirt: false,
  },
  agentNamespace: "spiderpool",
  enableIPConflictDetection: false,
  enableGatewayDetection: false,
  deadlineMs: 120_000,
  waitForFreeMs: 1_000,
  maxHistory: 10,
};
