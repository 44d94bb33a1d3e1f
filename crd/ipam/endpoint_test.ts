import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { answerOf, resultsOf } from "./answer.ts";
import {
  emptiedEndpoint,
  endpointFor,
  endpointNameOf,
  type EndpointOwner,
  type EndpointWrite,
  fixedAddressOf,
  mergeEndpoint,
  resultsOfEndpoint,
} from "./endpoint.ts";
import { endpointViewOf } from "./endpoint_view.ts";
import { factsOf, podOf, v4a, v4b, v6a } from "./plan_fixture.ts";
import { reuseOf } from "./reuse.ts";

const deployment = { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns1", name: "web", uid: "D1" };
const statefulSet = { apiVersion: "apps/v1", kind: "StatefulSet", namespace: "ns1", name: "db", uid: "S1" };
const vmi = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", namespace: "ns1", name: "vm1", uid: "V1" };
const { features } = factsOf({});
const web: EndpointOwner = { pod: podOf(), topController: deployment, features };
const db: EndpointOwner = { pod: podOf(), topController: statefulSet, features };
const now = "2026-01-02T03:04:05Z";
const pools = { v4a: v4a(), v4b: v4b(), v6a: v6a() };

/** Claims as `nic=pool:address`. */
function write(claims: readonly string[], rest: Partial<EndpointWrite> = {}): EndpointWrite {
  const allocations = claims.map((claim) => {
    const [, nic = "", pool = "", text = ""] = /^([^=]*)=([^:]*):(.*)$/.exec(claim) ?? [];
    const address = parseAddress(text);
    return { nic, family: address.family, address, pool: pools[pool as keyof typeof pools], cleanGateway: false };
  });
  return { results: resultsOf(allocations, []).results, now, maxHistory: 3, ...rest };
}

function reborn(owner: EndpointOwner, uid: string): EndpointOwner {
  const { pod } = owner;
  return { ...owner, pod: { ...pod, metadata: { ...pod.metadata, uid }, spec: { nodeName: "n2" } } };
}

function listed(endpoint: SpiderEndpoint): string[] {
  return resultsOfEndpoint(endpoint).map(({ nic, address }) => `${nic} ${formatAddress(address)}`);
}

Deno.test("endpointFor() writes what upstream's readers expect", () => {
  const attachments = { eth0: { containerId: "c1", network: "net" }, net9: { containerId: "gone" } };
  const claims = ["eth0=v6a:fd00:1::10", "eth0=v4a:10.1.0.10"];
  assert.deepEqual(endpointFor(web, write(claims.reverse(), { attachments })), {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: {
      name: "p",
      namespace: "ns1",
      annotations: { "ipam.spidernet.io/attachments": '{"eth0":{"containerId":"c1","network":"net"}}' },
      finalizers: ["spiderpool.spidernet.io"],
      ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "U1" }],
    },
    status: {
      current: {
        uid: "U1",
        node: "n1",
        ips: [{
          interface: "eth0",
          vlan: 0,
          ipv4: "10.1.0.10/24",
          ipv4Pool: "v4a",
          ipv4Gateway: "10.1.0.1",
          ipv6: "fd00:1::10/64",
          ipv6Pool: "v6a",
          ipv6Gateway: "fd00:1::1",
          cleanGateway: false,
        }],
      },
      ownerControllerType: "Deployment",
      ownerControllerName: "web",
    },
  });
});

Deno.test("endpointFor() orders NICs by request, then by name", () => {
  const claims = ["net3=v4b:10.2.0.13", "net2=v4b:10.2.0.12", "net1=v4b:10.2.0.11", "eth0=v4a:10.1.0.10"];
  const endpoint = endpointFor(web, write(claims, { nicOrder: ["eth0", "net2", "unused"] }));
  assert.deepEqual(endpoint.status?.current.ips.map((entry) => entry.interface), ["eth0", "net2", "net1", "net3"]);
});

for (
  const { name, owner, wantName, wantFixed } of [
    { name: "Deployment", owner: web, wantName: "p", wantFixed: undefined },
    { name: "StatefulSet", owner: db, wantName: "p", wantFixed: "statefulset" },
    {
      name: "StatefulSet, switched off",
      owner: { ...db, features: { ...features, enableStatefulSet: false } },
      wantName: "p",
      wantFixed: undefined,
    },
    {
      name: "foreign StatefulSet",
      owner: { ...db, topController: { ...statefulSet, apiVersion: "apps.kruise.io/v1" } },
      wantName: "p",
      wantFixed: undefined,
    },
    { name: "VM", owner: { ...web, topController: vmi }, wantName: "vm1", wantFixed: "kubevirt" },
    {
      name: "VM, switched off",
      owner: { ...web, topController: vmi, features: { ...features, enableKubevirt: false } },
      wantName: "p",
      wantFixed: undefined,
    },
  ]
) {
  Deno.test(`endpointNameOf(), fixedAddressOf(), owner reference: ${name}`, () => {
    assert.equal(endpointNameOf(owner), wantName);
    assert.equal(fixedAddressOf(owner), wantFixed);
    const { metadata } = endpointFor(owner, write(["eth0=v4a:10.1.0.10"]));
    assert.equal(metadata.name, wantName);
    assert.equal(metadata.ownerReferences === undefined, wantFixed !== undefined);
  });
}

Deno.test("mergeEndpoint() appends a further NIC and keeps what others wrote", () => {
  const first = endpointFor(web, write(["eth0=v4a:10.1.0.10"], { attachments: { eth0: { containerId: "c1" } } }));
  first.metadata = {
    ...first.metadata,
    resourceVersion: "7",
    annotations: { ...first.metadata.annotations, other: "x" },
    finalizers: ["theirs"],
  };
  const merge = mergeEndpoint(
    first,
    web,
    write(["net1=v4b:10.2.0.10"], { attachments: { eth0: { containerId: "c2" }, net1: { containerId: "c2" } } }),
  );
  assert.equal(merge.changed, true);
  assert.deepEqual(merge.dropped, []);
  assert.deepEqual(listed(merge.endpoint), ["eth0 10.1.0.10", "net1 10.2.0.10"]);
  assert.deepEqual(merge.endpoint.metadata.annotations, {
    other: "x",
    "ipam.spidernet.io/attachments":
      '{"eth0":{"containerId":"c2","former":["c1"]},"net1":{"containerId":"c2","former":["c1"]}}',
  });
  assert.deepEqual(merge.endpoint.metadata.finalizers, ["theirs", "spiderpool.spidernet.io"]);
  assert.equal(merge.endpoint.metadata.resourceVersion, "7");
});

Deno.test("mergeEndpoint() forgets the container of a NIC that the last ADD does not speak of", () => {
  const containers = { eth0: { containerId: "c1" }, net1: { containerId: "c1" } };
  const both = ["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"];
  const first = endpointFor(web, write(both, { attachments: containers }));
  const second = write(["net1=v4b:10.2.0.10"], { attachments: { net1: { containerId: "c2" } } });
  const { annotations } = mergeEndpoint(first, web, second).endpoint.metadata;
  assert.equal(annotations?.["ipam.spidernet.io/attachments"], '{"net1":{"containerId":"c2","former":["c1"]}}');
});

Deno.test("mergeEndpoint() drops NICs that go", () => {
  const first = endpointFor(db, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
  const merge = mergeEndpoint(first, db, write(["eth0=v4a:10.1.0.10"], { removed: ["net1"] }));
  assert.deepEqual(listed(merge.endpoint), ["eth0 10.1.0.10"]);
  assert.deepEqual(merge.dropped.map(({ nic }) => nic), ["net1"]);
});

Deno.test("mergeEndpoint() changes nothing when nothing changed, whatever the order of keys", () => {
  const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10"]));
  const [entry] = stored.status!.current.ips;
  stored.status!.current.ips = [Object.fromEntries(Object.entries(entry!).reverse()) as typeof entry & object];
  const merge = mergeEndpoint(stored, web, write(["eth0=v4a:10.1.0.10"]));
  assert.equal(merge.changed, false);
  assert.equal(merge.endpoint, stored);
});

Deno.test("mergeEndpoint() replaces a NIC whose address changed, in its place, and notes the history", () => {
  const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"], { nicOrder: ["eth0", "net1"] }));
  const { endpoint, dropped } = mergeEndpoint(stored, web, write(["eth0=v4a:10.1.0.11"]));
  assert.deepEqual(listed(endpoint), ["eth0 10.1.0.11", "net1 10.2.0.10"]);
  assert.deepEqual(dropped.map(({ address, pool }) => `${formatAddress(address)} ${pool}`), ["10.1.0.10 v4a"]);
  assert.deepEqual(JSON.parse(endpoint.metadata.annotations!["ipam.spidernet.io/history"]!), [{
    uid: "U1",
    node: "n1",
    ips: [
      { interface: "eth0", ipv4: "10.1.0.10/24", ipv4Pool: "v4a" },
      { interface: "net1", ipv4: "10.2.0.10/24", ipv4Pool: "v4b" },
    ],
    until: now,
  }]);
});

Deno.test("mergeEndpoint() drops another incarnation's entries of a Pod without fixed addresses (ipam row 71)", () => {
  const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
  const { endpoint, dropped } = mergeEndpoint(stored, reborn(web, "U2"), write(["eth0=v4a:10.1.0.11"]));
  assert.deepEqual(listed(endpoint), ["eth0 10.1.0.11"]);
  assert.equal(dropped.length, 2);
  assert.deepEqual([endpoint.status?.current.uid, endpoint.status?.current.node], ["U2", "n2"]);
  assert.deepEqual(endpoint.metadata.ownerReferences, [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "U2" }]);
});

Deno.test("mergeEndpoint() adopts a StatefulSet's endpoint: other NICs stay, the UID is new (ipam rows 74, 81)", () => {
  const stored = endpointFor(db, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
  const kept = mergeEndpoint(stored, reborn(db, "U2"), write(["eth0=v4a:10.1.0.10"]));
  assert.deepEqual([listed(kept.endpoint), kept.dropped], [["eth0 10.1.0.10", "net1 10.2.0.10"], []]);
  assert.equal(kept.endpoint.status?.current.uid, "U2");
  assert.equal(kept.endpoint.metadata.ownerReferences, undefined);
  const empty = emptiedEndpoint(stored, { now, maxHistory: 3 });
  assert.deepEqual(listed(mergeEndpoint(empty, reborn(db, "U2"), write(["eth0=v4a:10.1.0.11"])).endpoint), [
    "eth0 10.1.0.11",
  ]);
});

Deno.test("mergeEndpoint() keeps the newest of the history", () => {
  let endpoint = endpointFor(web, write(["eth0=v4a:10.1.0.10"]));
  for (const uid of ["U2", "U3", "U4", "U5", "U6"]) {
    ({ endpoint } = mergeEndpoint(endpoint, reborn(web, uid), write(["eth0=v4a:10.1.0.11"])));
  }
  const history = JSON.parse(endpoint.metadata.annotations!["ipam.spidernet.io/history"]!);
  assert.deepEqual(history.map(({ uid }: { uid: string }) => uid), ["U5", "U4", "U3"]);
  const none = mergeEndpoint(endpoint, reborn(web, "U7"), write(["eth0=v4a:10.1.0.11"], { maxHistory: 0 })).endpoint;
  assert.equal(none.metadata.annotations, undefined);
});

Deno.test("emptiedEndpoint() keeps the object and tells the history", () => {
  const stored = endpointFor(db, write(["eth0=v4a:10.1.0.10"], { attachments: { eth0: { containerId: "c" } } }));
  const emptied = emptiedEndpoint(stored, { now, maxHistory: 3 });
  assert.deepEqual(emptied.status?.current, { uid: "U1", node: "n1", ips: [] });
  assert.deepEqual(Object.keys(emptied.metadata.annotations ?? {}), ["ipam.spidernet.io/history"]);
  assert.equal(emptiedEndpoint(emptied, { now, maxHistory: 3 }), emptied);
});

Deno.test("resultsOfEndpoint() and answerOf() give back MAC, vlan and routes by family", () => {
  const endpoint = endpointFor(web, write(["eth0=v4a:10.1.0.10"]));
  endpoint.status!.current.ips = [{
    interface: "eth0",
    ipv4: "10.1.0.10/24",
    ipv4Pool: "v4a",
    ipv4Gateway: "10.1.0.1",
    ipv6: "fd00:1::10/64",
    ipv6Pool: "v6a",
    vlan: 7,
    mac: "02:00:00:00:00:0a",
    routes: [{ dst: "fd09::1/16", gw: "fd00:1::2" }, { dst: "10.9.0.0/16", gw: "10.1.0.2" }],
  }, { interface: "net1", ipv4: "not an address" }];
  const results = resultsOfEndpoint(endpoint);
  assert.deepEqual(results.map(({ routes }) => routes.map(({ dst }) => dst)), [["10.9.0.0/16"], ["fd09::/16"]]);
  const answer = answerOf(results, { nic: "eth0", enableIPConflictDetection: false, enableGatewayDetection: false });
  assert.deepEqual(answer.ips.map(({ mac, vlan }) => [mac, vlan]), [["02:00:00:00:00:0a", 7], [
    "02:00:00:00:00:0a",
    7,
  ]]);
  assert.deepEqual(endpointViewOf(endpoint), {
    podNamespace: "ns1",
    podName: "p",
    podUID: "U1",
    node: "n1",
    interfaces: [{
      interface: "eth0",
      ipv4: "10.1.0.10/24",
      ipv6: "fd00:1::10/64",
      ipv4Pool: "v4a",
      ipv6Pool: "v6a",
      ipv4Gateway: "10.1.0.1",
      mac: "02:00:00:00:00:0a",
      vlan: 7,
      routes: [
        { ifName: "eth0", dst: "fd09::/16", gw: "fd00:1::2" },
        { ifName: "eth0", dst: "10.9.0.0/16", gw: "10.1.0.2" },
      ],
    }, { interface: "net1", ipv4: "not an address", routes: [] }],
  });
});

const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
for (
  const { name, endpoint, query, want } of [
    { name: "no endpoint", endpoint: undefined, query: { podUid: "U1", nic: "eth0", fixed: false }, want: "none" },
    {
      name: "ipam row 69: same Pod, same NIC",
      endpoint: stored,
      query: { podUid: "U1", nic: "net1", fixed: false },
      want: "reusable",
    },
    {
      name: "same Pod, another NIC",
      endpoint: stored,
      query: { podUid: "U1", nic: "net2", fixed: false },
      want: "none",
    },
    {
      name: "ipam row 71: another incarnation",
      endpoint: stored,
      query: { podUid: "U2", nic: "eth0", fixed: false },
      want: "other-incarnation",
    },
    {
      name: "ipam row 74: fixed, another incarnation",
      endpoint: stored,
      query: { podUid: "U2", nic: "eth0", fixed: true },
      want: "reusable, reown",
    },
    { name: "fixed, another NIC", endpoint: stored, query: { podUid: "U2", nic: "net2", fixed: true }, want: "none" },
    {
      name: "ipam row 81: fixed, emptied",
      endpoint: emptiedEndpoint(stored, { now, maxHistory: 1 }),
      query: { podUid: "U2", nic: "eth0", fixed: true },
      want: "none",
    },
  ]
) {
  Deno.test(`reuseOf() finds: ${name}`, () => {
    const reuse = reuseOf(endpoint, query);
    assert.equal(reuse.kind === "reusable" && reuse.reown ? "reusable, reown" : reuse.kind, want);
    if (reuse.kind === "reusable") assert.deepEqual([reuse.results.length, reuse.changed], [2, false]);
  });
}

Deno.test("reuseOf() names the first entry that upstream left unnamed (ipam row 60)", () => {
  const unnamed = endpointFor(web, write(["eth0=v4a:10.1.0.10", "=v4b:10.2.0.10"], { nicOrder: ["eth0"] }));
  const reuse = reuseOf(unnamed, { podUid: "U1", nic: "net1", fixed: false });
  assert.ok(reuse.kind === "reusable" && reuse.changed);
  assert.deepEqual(listed(reuse.endpoint), ["eth0 10.1.0.10", "net1 10.2.0.10"]);
  assert.equal(unnamed.status?.current.ips[1]?.interface, "");
  const eth0 = reuseOf(unnamed, { podUid: "U1", nic: "eth0", fixed: false });
  assert.ok(eth0.kind === "reusable" && !eth0.changed);
});
