import { FakeClock } from "../../net/base/fake_clock.ts";
import { parseAddress } from "../../net/ip/mod.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import type { EndpointOwner, EndpointWrite } from "../../crd/ipam/endpoint.ts";
import { KubeApiError } from "../../crd/kube/errors.ts";
import { drive } from "../../crd/kube/fake_transport.ts";
import { EndpointStore, type EndpointStoreDeps } from "./endpoint_store.ts";

/** What holds a SpiderEndpoint until its addresses are free. */
export const finalizer = "spiderpool.spidernet.io";

/** A refusal of the API server. */
export function apiError(status: number, reason: string, retryAfterMs?: number): KubeApiError {
  return new KubeApiError({ status, reason, message: `told ${reason}`, request: "PUT /x", retryAfterMs });
}

/** One endpoint at an API server of a few lines. */
export class FakeEndpoints {
  stored: SpiderEndpoint | undefined;
  readonly log: string[] = [];
  /** Thrown by the next writes instead of an answer: `before` or `after` they are done. */
  readonly faults: { when: "before" | "after"; err: Error }[] = [];
  /** Called before each write, as if somebody else came first. */
  meanwhile: (() => void) | undefined;
  #version = 1;

  constructor(stored?: SpiderEndpoint) {
    this.stored = stored === undefined ? undefined : this.#next(stored);
  }

  readonly client: EndpointStoreDeps["endpoints"] = {
    tryGet: () => {
      this.log.push("get");
      return Promise.resolve(this.stored);
    },
    create: (object) =>
      this.#write("create", () => {
        if (this.stored !== undefined) throw apiError(409, "AlreadyExists");
        this.stored = this.#next({ ...object, metadata: { ...object.metadata, uid: `E${this.#version}` } });
      }),
    update: (object) =>
      this.#write("update", () => {
        this.#check(object.metadata.resourceVersion);
        this.stored = this.#next(object);
      }),
    patch: (_key, patch) =>
      this.#write("patch", () => {
        if (patch.type !== "merge") throw new Error("not a merge patch");
        const { resourceVersion, finalizers } = patch.patch.metadata as {
          resourceVersion: string;
          finalizers: string[];
        };
        const { metadata } = this.#check(resourceVersion);
        this.stored = metadata.deletionTimestamp !== undefined && finalizers.length === 0
          ? undefined
          : this.#next({ ...this.stored!, metadata: { ...metadata, finalizers } });
      }),
    delete: async (_key, options) => {
      await this.#write("delete", () => {
        const { metadata } = this.#check(options?.resourceVersion);
        if (options?.uid !== metadata.uid) throw apiError(409, "Conflict");
        this.stored = this.#next({
          ...this.stored!,
          metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
        });
      });
    },
  };

  #check(version: string | undefined): SpiderEndpoint {
    if (this.stored === undefined) throw apiError(404, "NotFound");
    if (version !== undefined && version !== this.stored.metadata.resourceVersion) throw apiError(409, "Conflict");
    return this.stored;
  }

  async #write(verb: string, write: () => void): Promise<SpiderEndpoint> {
    this.log.push(verb);
    this.meanwhile?.();
    const fault = this.faults.shift();
    if (fault?.when === "before") throw fault.err;
    write();
    if (fault !== undefined) throw fault.err;
    await Promise.resolve();
    return this.stored!;
  }

  #next(object: SpiderEndpoint): SpiderEndpoint {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version++) } };
  }
}

/** Pod `ns1/p` and what it belongs to: itself, or a workload of `kind`. */
export function ownerOf(uid: string, kind = "Pod"): EndpointOwner {
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "ns1", uid },
    spec: { nodeName: "n1" },
  };
  const apiVersion = kind === "Pod" ? "v1" : "apps/v1";
  const topController = { apiVersion, kind, namespace: "ns1", name: "p", uid: "T" };
  return { pod, topController, features: { enableStatefulSet: true, enableKubevirt: false } };
}

/** An address of pool `v4a`. */
export function resultOf(address: string, nic = "eth0"): IpamResult {
  const rest = { family: 4, prefixLength: 24, pool: "v4a", cleanGateway: false, vlan: 0, routes: [] } as const;
  return { nic, address: parseAddress(address), ...rest };
}

/** What an ADD of sandbox `containerId` writes. */
export function writeOf(results: IpamResult[], containerId = "c1"): EndpointWrite {
  const attachments = Object.fromEntries(results.map(({ nic }) => [nic, { containerId }]));
  return { results, attachments, now: "2026-01-01T00:00:00Z", maxHistory: 10 };
}

/** A stored endpoint of `uid` with an address for each NIC. */
export function endpoint(
  uid: string,
  addresses: Record<string, string>,
  metadata: Partial<SpiderEndpoint["metadata"]> = {},
) {
  const ips = Object.entries(addresses).map(([nic, address]) => ({
    interface: nic,
    vlan: 0,
    ipv4: `${address}/24`,
    ipv4Pool: "v4a",
  }));
  const attachments = JSON.stringify(Object.fromEntries(ips.map((ip) => [ip.interface, { containerId: "c1" }])));
  const stored: SpiderEndpoint = {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: {
      name: "p",
      namespace: "ns1",
      uid: "E0",
      annotations: { "ipam.spidernet.io/attachments": attachments },
      finalizers: [finalizer],
      ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "p", uid }],
      ...metadata,
    },
    status: { current: { uid, node: "n1", ips }, ownerControllerType: "Pod", ownerControllerName: "p" },
  };
  return stored;
}

/** Metadata of what is being deleted. */
export const deleted = { deletionTimestamp: "2026-01-01T00:00:00Z" };

/** An endpoint store over an API server that has `stored`, and a call that lasts 5 s. */
export function setUp(stored?: SpiderEndpoint) {
  const endpoints = new FakeEndpoints(stored);
  const clock = new FakeClock(0);
  const store = new EndpointStore({ endpoints: endpoints.client, clock, random: () => 0.5 });
  const stop = new AbortController();
  const call = { deadlineMs: 5000, signal: stop.signal };
  const asked: string[] = [];
  return {
    endpoints,
    clock,
    stop,
    asked,
    call,
    store,
    async write(uid: string, results: IpamResult[], existing = endpoints.stored) {
      return await drive(
        clock,
        store.write(ownerOf(uid), writeOf(results), {
          ...call,
          existing,
          mayReplace: ({ status }) => Promise.resolve(void asked.push(status?.current.uid ?? "")),
        }),
      );
    },
  };
}

/** What an endpoint lists: `UID: NIC address, …`. */
export function listed(stored: SpiderEndpoint | undefined): string {
  const ips = stored?.status?.current.ips.map((ip) => `${ip.interface} ${ip.ipv4}`) ?? [];
  return `${stored?.status?.current.uid}: ${ips.join(", ")}`;
}
