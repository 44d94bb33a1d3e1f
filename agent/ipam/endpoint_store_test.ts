import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { parseAddress } from "../../net/ip/mod.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import type { EndpointOwner, EndpointWrite } from "../../crd/ipam/endpoint.ts";
import { KubeApiError, KubeConnectionError } from "../../crd/kube/errors.ts";
import { drive, settled } from "../../crd/kube/fake_transport.ts";
import { LateError } from "./deadline.ts";
import { EndpointStore, type EndpointStoreDeps } from "./endpoint_store.ts";

const finalizer = "spiderpool.spidernet.io";

function apiError(status: number, reason: string): KubeApiError {
  return new KubeApiError({ status, reason, message: `told ${reason}`, request: "PUT /x" });
}

/** One endpoint at an API server of a few lines. */
class FakeEndpoints {
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

function ownerOf(uid: string, kind = "Pod"): EndpointOwner {
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

function resultOf(address: string, nic = "eth0"): IpamResult {
  const rest = { family: 4, prefixLength: 24, pool: "v4a", cleanGateway: false, vlan: 0, routes: [] } as const;
  return { nic, address: parseAddress(address), ...rest };
}

function writeOf(results: IpamResult[], containerId = "c1"): EndpointWrite {
  const attachments = Object.fromEntries(results.map(({ nic }) => [nic, { containerId }]));
  return { results, attachments, now: "2026-01-01T00:00:00Z", maxHistory: 10 };
}

/** A stored endpoint of `uid` with an address for each NIC. */
function endpoint(uid: string, addresses: Record<string, string>, metadata: Partial<SpiderEndpoint["metadata"]> = {}) {
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

const deleted = { deletionTimestamp: "2026-01-01T00:00:00Z" };

function setUp(stored?: SpiderEndpoint) {
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

function listed(stored: SpiderEndpoint | undefined): string {
  const ips = stored?.status?.current.ips.map((ip) => `${ip.interface} ${ip.ipv4}`) ?? [];
  return `${stored?.status?.current.uid}: ${ips.join(", ")}`;
}

Deno.test("EndpointStore.write() creates the endpoint with one request", async () => {
  const { endpoints, write } = setUp();
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
  assert.deepEqual(endpoints.log, ["create"]);
  assert.deepEqual(endpoints.stored?.metadata.finalizers, [finalizer]);
});

Deno.test("EndpointStore.write() adds a NIC to what is there, and writes nothing that is there already (ipam row 69)", async () => {
  const { endpoints, write, asked } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.11", "net1")])), "U1: eth0 10.1.0.10/24, net1 10.1.0.11/24");
  await write("U1", [resultOf("10.1.0.11", "net1")]);
  assert.deepEqual([endpoints.log, asked], [["update"], ["U1", "U1"]]);
});

Deno.test("EndpointStore.write() merges when somebody else created it first (ipam row 70)", async () => {
  const { endpoints, write } = setUp();
  endpoints.meanwhile = () => {
    endpoints.meanwhile = undefined;
    endpoints.stored = { ...endpoint("U1", { net1: "10.1.0.11" }) };
    endpoints.stored.metadata.resourceVersion = "77";
  };
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: net1 10.1.0.11/24, eth0 10.1.0.10/24");
  assert.deepEqual(endpoints.log, ["create", "get", "update"]);
});

Deno.test("EndpointStore.write() reads again after a conflict", async () => {
  const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
  const stale = endpoints.stored;
  endpoints.stored = endpoint("U1", { eth0: "10.1.0.10", net2: "10.1.0.12" }, { resourceVersion: "77" });
  const written = await write("U1", [resultOf("10.1.0.11", "net1")], stale);
  assert.equal(listed(written), "U1: eth0 10.1.0.10/24, net2 10.1.0.12/24, net1 10.1.0.11/24");
  assert.deepEqual(endpoints.log, ["update", "get", "update"]);
});

const lost = new KubeConnectionError("PUT /x", { cause: new Error("connection reset") });
for (const when of ["before", "after"] as const) {
  Deno.test(`EndpointStore.write() finds out about a create whose answer was lost ${when} it was done`, async () => {
    const { endpoints, write } = setUp();
    endpoints.faults.push({ when, err: lost });
    assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
    assert.deepEqual(endpoints.log, when === "before" ? ["create", "get", "create"] : ["create", "get"]);
  });

  Deno.test(`EndpointStore.write() finds out about an update whose answer was lost ${when} it was done`, async () => {
    const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
    endpoints.faults.push({ when, err: apiError(500, "InternalError") });
    const written = await write("U1", [resultOf("10.1.0.11", "net1")]);
    assert.equal(listed(written), "U1: eth0 10.1.0.10/24, net1 10.1.0.11/24");
    assert.deepEqual(endpoints.log, when === "before" ? ["update", "get", "update"] : ["update", "get"]);
  });
}

Deno.test("EndpointStore.write() creates again what went after it was read", async () => {
  const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
  const stale = endpoints.stored;
  endpoints.stored = undefined;
  assert.equal(listed(await write("U1", [resultOf("10.1.0.11", "net1")], stale)), "U1: net1 10.1.0.11/24");
  assert.deepEqual(endpoints.log, ["update", "get", "create"]);
});

Deno.test("EndpointStore.write() lets go of an endpoint that is being deleted with an earlier Pod, then creates its own", async () => {
  const { endpoints, write } = setUp(endpoint("U0", { eth0: "10.1.0.9", net1: "10.1.0.8" }, deleted));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
  assert.deepEqual(endpoints.log, ["patch", "get", "create"]);
});

Deno.test("EndpointStore.write() keeps the other NICs of an endpoint that somebody deleted under the living Pod", async () => {
  const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.9", net1: "10.1.0.8" }, deleted));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24, net1 10.1.0.8/24");
  assert.deepEqual(JSON.parse(endpoints.stored?.metadata.annotations?.["ipam.spidernet.io/attachments"] ?? ""), {
    eth0: { containerId: "c1" },
    net1: { containerId: "c1" },
  });
});

Deno.test("EndpointStore.write() waits with pauses for an endpoint that a foreign finalizer holds, until the deadline", async () => {
  const { endpoints, write, clock } = setUp(endpoint("U0", {}, { ...deleted, finalizers: [finalizer, "other/x"] }));
  await assert.rejects(write("U1", [resultOf("10.1.0.10")]), {
    name: "EndpointHeldError",
    message: 'Cannot write SpiderEndpoint "ns1/p": an earlier one is being deleted, and a finalizer of somebody else ' +
      "holds it",
  });
  assert.ok(clock.now() >= 5000);
  assert.ok(endpoints.log.length < 100, `${endpoints.log.length} requests`);
});

Deno.test("EndpointStore.write() replaces an earlier Pod's entries only after asking, and keeps them in the history (ipam row 71)", async () => {
  const { endpoints, write, asked } = setUp(endpoint("U0", { eth0: "10.1.0.9" }));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
  assert.deepEqual(asked, ["U0"]);
  assert.match(endpoints.stored?.metadata.annotations?.["ipam.spidernet.io/history"] ?? "", /10\.1\.0\.9/);
  assert.deepEqual(endpoints.stored?.metadata.ownerReferences?.map(({ uid }) => uid), ["U1"]);
});

Deno.test("EndpointStore.write() writes nothing when mayReplace refuses", async () => {
  const { endpoints, store, call } = setUp(endpoint("U2", { eth0: "10.1.0.9" }));
  const mayReplace = () => Promise.reject(new Error("another Pod has the name"));
  const write = writeOf([resultOf("10.1.0.10")]);
  const done = store.write(ownerOf("U1"), write, { ...call, existing: endpoints.stored, mayReplace });
  await assert.rejects(done, /another Pod has the name/);
  assert.deepEqual([listed(endpoints.stored), endpoints.log], ["U2: eth0 10.1.0.9/24", []]);
});

Deno.test("EndpointStore.write() gives up at the deadline with what went wrong last", async () => {
  const { endpoints, write, clock } = setUp();
  for (let i = 0; i < 1000; i++) endpoints.faults.push({ when: "before", err: lost });
  await assert.rejects(write("U1", [resultOf("10.1.0.10")]), lost);
  assert.ok(clock.now() >= 5000 && clock.now() < 6000);
});

Deno.test("EndpointStore.write() takes a refusal for an answer", async () => {
  const { endpoints, write } = setUp();
  endpoints.faults.push({ when: "before", err: apiError(403, "Forbidden") });
  await assert.rejects(write("U1", [resultOf("10.1.0.10")]), { status: 403 });
  assert.deepEqual(endpoints.log, ["create"]);
});

Deno.test("EndpointStore.write() says what went wrong when its signal ends it", async () => {
  const { endpoints, store, call, stop } = setUp();
  endpoints.faults.push({ when: "before", err: lost });
  const mayReplace = () => Promise.resolve();
  const done = store.write(ownerOf("U1"), writeOf([resultOf("10.1.0.10")]), {
    ...call,
    existing: undefined,
    mayReplace,
  });
  done.catch(() => undefined);
  await settled();
  stop.abort(new LateError({ ms: 5000, action: "Cannot allocate addresses" }));
  await assert.rejects(done, {
    message: "Cannot allocate addresses: exhaust all retries: nothing came of it within 5000 ms, last: " +
      "Cannot PUT /x: the connection to the API server failed: connection reset",
  });
});

Deno.test("EndpointStore.letGo() drops our finalizer and nobody else's", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}, { finalizers: ["other/x", finalizer] }));
  await drive(clock, store.letGo(endpoints.stored!, call));
  assert.deepEqual(endpoints.stored?.metadata.finalizers, ["other/x"]);
  await drive(clock, store.letGo(endpoints.stored!, call));
  assert.deepEqual(endpoints.log, ["patch"]);
});

Deno.test("EndpointStore.letGo() leaves alone what was made anew under the name, and does not mind what is gone", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  const old = endpoints.stored!;
  endpoints.stored = endpoint("U2", {}, { uid: "E9", resourceVersion: "77" });
  await drive(clock, store.letGo(old, call));
  assert.deepEqual(endpoints.stored.metadata.finalizers, [finalizer]);
  endpoints.stored = undefined;
  await drive(clock, store.letGo(old, call));
  assert.equal(endpoints.stored, undefined);
});

Deno.test("EndpointStore.letGo() reads again after a conflict", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  const stale = endpoints.stored!;
  endpoints.stored = { ...stale, metadata: { ...stale.metadata, resourceVersion: "77" } };
  await drive(clock, store.letGo(stale, call));
  assert.deepEqual(endpoints.stored.metadata.finalizers, []);
});

Deno.test("EndpointStore.remove() deletes the endpoint and lets it go", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  await drive(clock, store.remove(endpoints.stored!, call));
  assert.deepEqual([endpoints.stored, endpoints.log], [undefined, ["delete", "get", "patch"]]);
});

Deno.test("EndpointStore.remove() ends when a foreign finalizer holds the endpoint: ours is gone", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}, { finalizers: [finalizer, "other/x"] }));
  await drive(clock, store.remove(endpoints.stored!, call));
  assert.deepEqual(endpoints.stored?.metadata.finalizers, ["other/x"]);
  assert.deepEqual(endpoints.log, ["delete", "get", "patch"]);
});

Deno.test("EndpointStore.remove() leaves alone what was made anew under the name", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  const old = endpoints.stored!;
  endpoints.stored = endpoint("U2", {}, { uid: "E9", resourceVersion: "77" });
  await drive(clock, store.remove(old, call));
  assert.deepEqual([endpoints.stored.metadata.deletionTimestamp, endpoints.log], [undefined, ["delete", "get"]]);
});

for (const end of ["letGo", "remove"] as const) {
  Deno.test(`EndpointStore.${end}() leaves alone what the next Pod of the name has taken over meanwhile`, async () => {
    const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
    const released = endpoints.stored!;
    const takenOver = endpoint("U2", {}, { uid: released.metadata.uid ?? "", resourceVersion: "77" });
    endpoints.stored = takenOver;
    await drive(clock, store[end](released, call));
    assert.deepEqual(endpoints.stored, takenOver);
  });
}
