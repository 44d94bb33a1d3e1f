import assert from "node:assert/strict";
import type { SpiderIPPoolSpec } from "../generated/mod.ts";
import { filterPools } from "./filters.ts";
import { factsOf, pool, type Scenario } from "./plan_fixture.ts";

/** What plan_test.ts leaves out: one row per rule and edge. */
const rows: { name: string; spec: Partial<SpiderIPPoolSpec>; scenario?: Scenario; nic?: string; want: unknown }[] = [
  { name: "nothing asked", spec: {}, want: undefined },
  { name: "node by name", spec: { nodeName: ["n2", "n1"] }, want: undefined },
  {
    name: "node labels",
    spec: { nodeAffinity: { matchLabels: { zone: "b" } } },
    want: { code: "node-affinity", node: "n1", detail: 'it needs zone=b, zone is "a"' },
  },
  {
    name: "an empty nodeName does not hide nodeAffinity",
    spec: { nodeName: [], nodeAffinity: { matchLabels: { zone: "b" } } },
    want: { code: "node-affinity", node: "n1", detail: 'it needs zone=b, zone is "a"' },
  },
  {
    name: "namespace by name",
    spec: { namespaceName: ["ns2"] },
    want: { code: "namespace-name", namespace: "ns1", allowed: ["ns2"] },
  },
  {
    name: "namespace labels",
    spec: { namespaceAffinity: { matchExpressions: [{ key: "team", operator: "DoesNotExist" }] } },
    want: { code: "namespace-affinity", namespace: "ns1", detail: 'it needs team DoesNotExist, team is "x"' },
  },
  {
    name: "a broken selector matches nobody",
    spec: { podAffinity: { matchExpressions: [{ key: "app", operator: "Near" }] } },
    want: { code: "pod-affinity", detail: 'operator "Near" is unknown' },
  },
  {
    name: "ipVersion against subnet",
    spec: { ipVersion: 6 },
    want: { code: "spec-unreadable", field: "spec.ipVersion", detail: "it is 6, but spec.subnet is 10.1.0.0/24" },
  },
  {
    name: "a route that is none",
    spec: { routes: [{ dst: "10.0.0.0/8", gw: "10.1.0.1" }, { dst: "10.0.0.0/8", gw: "fd00::1" }] },
    want: { code: "spec-unreadable", field: "spec.routes[1]", detail: 'dst "10.0.0.0/8" gw "fd00::1" is not a route' },
  },
  { name: "an empty gateway is none", spec: { gateway: "" }, want: undefined },
  {
    name: "the first failing rule speaks",
    spec: { disable: true, nodeName: ["n2"] },
    want: { code: "disabled" },
  },
  {
    name: "the master of another NIC does not matter",
    spec: {},
    scenario: { cni: { matchMasterSubnet: true }, facts: { master: { addresses: [] } } },
    nic: "net1",
    want: undefined,
  },
  {
    name: "a master without addresses",
    spec: {},
    scenario: { cni: { matchMasterSubnet: true }, facts: { master: { addresses: [] } } },
    want: { code: "master-subnet", subnet: "10.1.0.0/24", addresses: [] },
  },
];
for (const { name, spec, scenario = {}, nic = "eth0", want } of rows) {
  Deno.test(`filterPools() judges: ${name}`, () => {
    const judged = pool("p1", { subnet: "10.1.0.0/24", ...spec });
    const { usable, unused } = filterPools([judged], { nic, family: 4 }, factsOf(scenario));
    assert.deepEqual(unused.map(({ reason }) => reason), want === undefined ? [] : [want]);
    assert.equal(usable.length, want === undefined ? 1 : 0);
  });
}

Deno.test("filterPools() compares a core-group controller with its own auto-created pool", () => {
  const topController = { apiVersion: "v1", kind: "ReplicationController", namespace: "ns1", name: "rc", uid: "R1" };
  const own = pool("auto", {
    subnet: "10.1.0.0/24",
    podAffinity: {
      matchLabels: {
        "ipam.spidernet.io/app-api-group": "",
        "ipam.spidernet.io/app-api-version": "v1",
        "ipam.spidernet.io/app-kind": "ReplicationController",
        "ipam.spidernet.io/app-namespace": "ns1",
        "ipam.spidernet.io/app-name": "rc",
      },
    },
  }, { labels: { "ipam.spidernet.io/owner-application-name": "rc" } });
  assert.equal(filterPools([own], { nic: "eth0", family: 4 }, factsOf({ facts: { topController } })).usable.length, 1);
  const [other] = filterPools([own], { nic: "eth0", family: 4 }, factsOf({})).unused;
  assert.deepEqual(other?.reason, {
    code: "other-application",
    owner: 'ReplicationController "ns1/rc" of v1',
    application: 'Deployment "ns1/web" of apps/v1',
  });
});
