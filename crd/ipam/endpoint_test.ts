import assert from "node:assert/strict";
import { answerOf } from "./answer.ts";
import { emptiedEndpoint, endpointFor, endpointNameOf } from "./endpoint.ts";
import { resultsOfEndpoint } from "./endpoint_entry.ts";
import { fixedAddressOf } from "./endpoint_metadata.ts";
import { endpointViewOf } from "./endpoint_view.ts";
import { db, features, now, statefulSet, vmi, web, write } from "./endpoint_write_fixture.ts";

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
