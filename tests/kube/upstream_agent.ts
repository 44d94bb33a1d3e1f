/** How an agent of upstream v1.2 writes to the API server, as far as others see it: spec/ipam.md, spec/crds.md 2.4. */
import type { SpiderEndpoint, SpiderIPPool } from "../../crd/generated/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { call } from "./call.ts";
import { kind, spiderpool } from "./ipam_bodies.ts";

type Records = Record<string, { readonly pod: string; readonly podUid: string }>;

/** A Pod of `ns1`. */
export interface SwapPod {
  readonly podName: string;
  readonly podUID: string;
}

/**
 * Takes the lowest free address of one pool and writes who has it, as often as somebody else writes meanwhile; a record
 * has upstream's two members only, and those of others lose what it does not know.
 */
export class UpstreamAgent {
  /** Writes that came after somebody else's. */
  conflicts = 0;
  readonly #transport: KubeTransport;
  readonly #node: string;
  readonly #pool: string;
  readonly #addresses: readonly string[];

  constructor(transport: KubeTransport, options: UpstreamAgentOptions) {
    this.#transport = transport;
    this.#node = options.node;
    this.#pool = options.pool;
    this.#addresses = options.addresses;
  }

  /** @returns the address */
  async add({ podName, podUID }: SwapPod): Promise<string> {
    const pod = `ns1/${podName}`;
    const address = await this.#change((records) => {
      const free = this.#addresses.find((candidate) => records[candidate] === undefined);
      if (free === undefined) throw new Error("all IP addresses used out");
      return { records: { ...records, [free]: { pod, podUid: podUID } }, result: free };
    });
    const metadata = {
      name: podName,
      ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: podName, uid: podUID }],
      finalizers: ["spiderpool.spidernet.io"],
    };
    const ip = { interface: "eth0", ipv4: `${address}/24`, ipv4Pool: this.#pool, ipv4Gateway: "10.3.0.1" };
    const current = { uid: podUID, node: this.#node, ips: [{ ...ip, vlan: 0, cleanGateway: false }] };
    const status = { current, ownerControllerType: "Pod", ownerControllerName: podName };
    await this.#send("POST", { path: endpointsPath, body: kind("SpiderEndpoint", metadata, { status }) });
    return address;
  }

  /** Frees what the Pod's endpoint lists, and lets the endpoint go. */
  async del({ podName, podUID }: SwapPod): Promise<void> {
    const path = `${endpointsPath}/${podName}`;
    const { status } = await this.#send<SpiderEndpoint>("GET", { path });
    const own = (status?.current.ips ?? []).flatMap(({ ipv4 }) => ipv4?.split("/")[0] ?? []);
    await this.#change((records) => {
      const kept = Object.entries(records).filter(([key, { podUid }]) => !own.includes(key) || podUid !== podUID);
      return { records: Object.fromEntries(kept), result: undefined };
    });
    const body = { metadata: { finalizers: null } };
    await this.#send("PATCH", { path, body, contentType: "application/merge-patch+json" });
    await call(this.#transport, { method: "DELETE", path }); // where the Pod's end has not taken it along
  }

  async #change<T>(decide: (records: Records) => { records: Records; result: T }): Promise<T> {
    const path = `${spiderpool}/spiderippools/${this.#pool}`;
    for (;;) {
      const pool = await this.#send<SpiderIPPool>("GET", { path });
      const { records, result } = decide(knownOf(JSON.parse(pool.status?.allocatedIPs ?? "{}")));
      const keys = Object.keys(records).sort();
      const text = JSON.stringify(records, ["pod", "podUid", ...keys]);
      const { allocatedIPs: _, ...rest } = pool.status ?? {};
      const status = { ...rest, allocatedIPCount: keys.length, ...(keys.length > 0 && { allocatedIPs: text }) };
      const answer = await call(this.#transport, { method: "PUT", path: `${path}/status`, body: { ...pool, status } });
      if (answer.status === 200) return result;
      this.conflicts++;
      if (answer.status !== 409) throw new Error(`Cannot write IPPool ${this.#pool}: ${answer.status}`);
    }
  }

  async #send<T>(
    method: "GET" | "POST" | "PATCH",
    request: { readonly path: string; readonly body?: unknown; readonly contentType?: string },
  ): Promise<T> {
    const { status, json } = await call(this.#transport, { method, ...request });
    if (status > 299) throw new Error(`Cannot ${method} ${request.path}: ${status} ${JSON.stringify(json)}`);
    return json as unknown as T; // what the server stores is what its schema says
  }
}

/** Where it runs, and what it gives. */
export interface UpstreamAgentOptions {
  readonly node: string;
  readonly pool: string;
  readonly addresses: readonly string[];
}

const endpointsPath = `${spiderpool}/namespaces/ns1/spiderendpoints`;

/** Go reads the members it has fields for, and writes those back. */
function knownOf(records: Records): Records {
  return Object.fromEntries(Object.entries(records).map(([key, { pod, podUid }]) => [key, { pod, podUid }]));
}
