/** What is on the API server during a measurement: nodes, pools and Pods that exist before anybody asks for their addresses. */
import { systemClock } from "../../../net/base/clock.ts";
import { formatAddress, parsePrefix, parseRange } from "../../../net/ip/mod.ts";
import { type Pod, pods } from "../../../crd/core/mod.ts";
import { type SpiderIPPool, spiderIPPools } from "../../../crd/generated/mod.ts";
import { resourceClient } from "../../../crd/kube/client.ts";
import type { KubeTransport } from "../../../crd/kube/contract.ts";
import { call, jsonCall } from "../../kube/call.ts";
import type { BenchPod } from "../bench_agent.ts";
import { forEachLimited } from "../limited.ts";
import type { PodPools } from "../pools.ts";

/** Objects made or deleted at a time, outside the measured time. */
const PARALLEL = 24;

const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";

/** Name of node `index`. */
export function benchNode(index: number): string {
  return `node-${index}`;
}

/** The objects of one setting, in a namespace of their own. */
export class RealWorld {
  readonly #admin: KubeTransport;
  readonly namespace: string;

  private constructor(admin: KubeTransport, namespace: string) {
    this.#admin = admin;
    this.namespace = namespace;
  }

  /** Makes a namespace and pools. Without controllers nobody makes the service account that Pods need. */
  static async create(
    admin: KubeTransport,
    { namespace, pools }: { readonly namespace: string; readonly pools: readonly SpiderIPPool[] },
  ): Promise<RealWorld> {
    await jsonCall(admin, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } });
    const account = { metadata: { name: "default" }, automountServiceAccountToken: false };
    await jsonCall(admin, { method: "POST", path: `/api/v1/namespaces/${namespace}/serviceaccounts`, body: account });
    for (const pool of pools) await resourceClient(admin, spiderIPPools, { clock: systemClock }).create(pool);
    return new RealWorld(admin, namespace);
  }

  /** Makes nodes that are not there yet. */
  static async ensureNodes(admin: KubeTransport, count: number): Promise<void> {
    await forEachLimited(Array(count).keys(), PARALLEL, async (i) => {
      const body = { metadata: { name: benchNode(i) } };
      const { status } = await call(admin, { method: "POST", path: "/api/v1/nodes", body });
      if (status !== 201 && status !== 409) throw new Error(`Cannot make node ${body.metadata.name}: HTTP ${status}`);
    });
  }

  /** Makes Pods, spread over `agents` in turn. */
  async createPods(
    { prefix, count, agents, pools }: {
      readonly prefix: string;
      readonly count: number;
      /** Indexes of the agents. */
      readonly agents: readonly number[];
      readonly pools: PodPools;
    },
  ): Promise<readonly BenchPod[]> {
    const client = resourceClient(this.#admin, pods, { clock: systemClock });
    const created = new Array<BenchPod>(count);
    await forEachLimited(created.keys(), PARALLEL, async (i) => {
      const agent = agents[i % agents.length] ?? 0;
      const { metadata: { name, uid = "" } } = await client.create(this.#pod(`${prefix}-${i}`, benchNode(agent)));
      created[i] = { namespace: this.namespace, name, uid, agent, pools };
    });
    return created;
  }

  /** Deletes Pods as a user does: they are terminating from now on, and stay until a kubelet has stopped them. */
  async terminate(terminated: readonly BenchPod[]): Promise<void> {
    const client = resourceClient(this.#admin, pods, { clock: systemClock });
    await forEachLimited(terminated, PARALLEL, ({ name, namespace }) => client.delete({ name, namespace }));
  }

  /** Addresses that a pool's record says are taken, and how many the API server counts. */
  async recordsOf(
    pool: string,
  ): Promise<{ readonly records: Readonly<Record<string, { readonly podUid: string }>>; readonly count: number }> {
    const { status } = await resourceClient(this.#admin, spiderIPPools, { clock: systemClock }).get({ name: pool });
    return { records: JSON.parse(status?.allocatedIPs ?? "{}"), count: status?.allocatedIPCount ?? 0 };
  }

  /** Gives the first `count` addresses of a pool to Pods that nobody knows. */
  async fillPool(name: string, count: number): Promise<void> {
    const client = resourceClient(this.#admin, spiderIPPools, { clock: systemClock });
    const pool = await client.get({ name });
    const { first } = parseRange(pool.spec?.ips?.[0] ?? "");
    const { family } = parsePrefix(pool.spec?.subnet ?? "").address;
    const records = Array.from({ length: count }, (_, i) => {
      return [formatAddress({ family, value: first + BigInt(i) }), recordOfStranger(i)] as const;
    });
    const allocatedIPs = JSON.stringify(Object.fromEntries(records));
    await client.updateStatus({ ...pool, status: { allocatedIPs, allocatedIPCount: count } });
  }

  /** Removes everything but nodes and the namespace itself, which only a controller could. */
  async remove(): Promise<void> {
    const query = { propagationPolicy: "Background", gracePeriodSeconds: "0" };
    const namespaced = `/namespaces/${this.namespace}`;
    await jsonCall(this.#admin, { method: "DELETE", path: `/api/v1${namespaced}/pods`, query });
    await this.#removeEndpoints(`${spiderpool}${namespaced}/spiderendpoints`);
    await jsonCall(this.#admin, { method: "DELETE", path: `${spiderpool}/spiderippools`, query });
  }

  async #removeEndpoints(path: string): Promise<void> {
    const list = await jsonCall(this.#admin, { method: "GET", path }) as unknown as {
      readonly items: readonly {
        readonly metadata: { readonly name: string; readonly finalizers?: readonly string[] };
      }[];
    };
    const held = list.items.filter(({ metadata }) => (metadata.finalizers?.length ?? 0) > 0);
    await forEachLimited(held, PARALLEL, ({ metadata }) =>
      call(this.#admin, {
        method: "PATCH",
        path: `${path}/${metadata.name}`,
        contentType: "application/merge-patch+json",
        body: { metadata: { finalizers: null } },
      }));
    await jsonCall(this.#admin, { method: "DELETE", path });
  }

  #pod(name: string, node: string): Pod {
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: this.namespace },
      spec: { nodeName: node, containers: [{ name: "main", image: "none" }] },
    };
  }
}

/** As long as a record is on a cluster. */
function recordOfStranger(index: number) {
  const podUid = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
  return { pod: `other-namespace/application-5d8c7b9f6d-${index}`, podUid, node: "node-of-others" };
}
