import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/mod.ts";
import { planAdd } from "./plan.ts";
import { factsOf, planText, pool, type Scenario, v4a, v4b, v6a } from "./plan_fixture.ts";

const v4 = `{"ipv4":["v4a"]}`;
const both = `{"ipv4":["v4a","v4b"]}`;
const networks = "k8s.v1.cni.cncf.io/networks";
const defaultNetwork = "v1.multus-cni.io/default-network";

/** Rows of spec/ipam.md §17 that end in a plan: one line per NIC and family. */
const planned: { row: string; scenario: Scenario; want: string[] }[] = [
  {
    row: "1: ippool beats namespace and CNI configuration, families are not merged",
    scenario: {
      pod: { ippool: v4 },
      namespace: { "default-ipv4-ippool": `["v4b"]` },
      cni: { defaultIPv4Pools: ["v4b"], defaultIPv6Pools: ["v6a"] },
    },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "2: ippools beats ippool",
    scenario: { pod: { ippools: `[{"interface":"eth0","ipv4":["v4b"]}]`, ippool: v4 } },
    want: ["eth0 4 v4b pod-ippools"],
  },
  {
    row: "3: subnet beats ippools",
    scenario: {
      pod: { subnet: `{"ipv4":["s4"]}`, ippools: `[{"interface":"eth0","ipv4":["v4b"]}]` },
      pools: [v4b(), autoPool("auto4-web-eth0-d1", "eth0")],
    },
    want: ["eth0 4 auto4-web-eth0-d1 pod-subnet"],
  },
  {
    row: "5: without SpiderSubnet the subnet annotation is ignored",
    scenario: { pod: { subnet: `{"ipv4":["s4"]}`, ippool: v4 }, features: { enableSpiderSubnet: false } },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "6: namespace default wins over the CNI configuration completely",
    scenario: {
      namespace: { "default-ipv4-ippool": `["v4a"]` },
      cni: { defaultIPv4Pools: ["v4b"], defaultIPv6Pools: ["v6a"] },
    },
    want: ["eth0 4 v4a namespace-default"],
  },
  {
    row: "7: CNI configuration beats cluster default",
    scenario: { cni: { defaultIPv4Pools: ["v4b"] }, pools: [v4a(), v4b(), v6a({ default: true })] },
    want: ["eth0 4 v4b cni-config"],
  },
  {
    row: "9: cluster default of both families",
    scenario: { pools: [v6a({ default: true }), v4b(), v4a({ default: true })] },
    want: ["eth0 4 v4a cluster-default", "eth0 6 v6a cluster-default"],
  },
  {
    row: "12: keys match in any case",
    scenario: { pod: { ippool: `{"IPv4":["v4a"]}` } },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "14: empty namespace lists fall through",
    scenario: {
      namespace: { "default-ipv4-ippool": "[]", "default-ipv6-ippool": "[]" },
      cni: { defaultIPv4Pools: ["v4b"] },
    },
    want: ["eth0 4 v4b cni-config"],
  },
  {
    row: "16: matches of a pattern by name",
    scenario: { pod: { ippool: `{"ipv4":["v4?"]}` }, pools: [v4b(), v4a(), v6a()] },
    want: ["eth0 4 v4a,v4b pod-ippool"],
  },
  {
    row: "17: a pattern and a name overlap",
    scenario: { pod: { ippool: `{"ipv4":["v4*","v4a"]}` } },
    want: ["eth0 4 v4a,v4b pod-ippool"],
  },
  {
    row: "20: a pool of the other family is dropped",
    scenario: { pod: { ippool: `{"ipv4":["v4[ab]","v6a"]}` } },
    want: ["eth0 4 v4a,v4b pod-ippool"],
  },
  {
    row: "23: a terminating pool is dropped",
    scenario: {
      pod: { ippool: both },
      pools: [v4a({}, { deletionTimestamp: "2026-01-01T00:00:00Z" }), v4b()],
    },
    want: ["eth0 4 v4b pod-ippool"],
  },
  {
    row: "25: namespaceName overrides namespaceAffinity",
    scenario: {
      pod: { ippool: v4 },
      pools: [v4a({ namespaceName: ["ns1"], namespaceAffinity: { matchLabels: { team: "z" } } })],
    },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "27: an empty selector matches and counts",
    scenario: { pod: { ippool: `{"ipv4":["v4b","v4a"]}` }, pools: [v4a({ nodeAffinity: {} }), v4b()] },
    want: ["eth0 4 v4a,v4b pod-ippool"],
  },
  {
    row: "28: multusName without namespace is in the agent's",
    scenario: { pod: { ippool: v4 }, pools: [v4a({ multusName: ["mv0"] })] },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "30: net2 is the second network",
    scenario: {
      nic: "net2",
      pod: { ippool: v4, [networks]: "a/n1,b/n2" },
      pools: [v4a({ multusName: ["b/n2"] })],
    },
    want: ["net2 4 v4a pod-ippool"],
  },
  {
    row: "31a: a requested interface name",
    scenario: {
      nic: "foo0",
      pod: { ippool: v4, [networks]: "b/n2@foo0" },
      pools: [v4a({ multusName: ["b/n2"] })],
    },
    want: ["foo0 4 v4a pod-ippool"],
  },
  {
    row: "32: without any network a pool without multusName serves",
    scenario: { pod: { ippool: v4 }, facts: { clusterNetwork: undefined } },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "34: the master's subnet decides",
    scenario: {
      pod: { ippool: both },
      cni: { matchMasterSubnet: true },
      facts: { master: { addresses: [parseAddress("192.168.0.1"), parseAddress("10.1.0.7")] } },
    },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "36: nodeAffinity comes first",
    scenario: { pod: { ippool: both }, pools: [v4a(), v4b({ nodeAffinity: { matchLabels: { zone: "a" } } })] },
    want: ["eth0 4 v4b,v4a pod-ippool"],
  },
  {
    row: "37: podAffinity beats three lesser ones",
    scenario: {
      pod: { ippool: `{"ipv4":["v4b","v4a"]}` },
      pools: [
        v4a({ podAffinity: { matchLabels: { app: "web" } } }),
        v4b({ nodeName: ["n1"], namespaceName: ["ns1"], multusName: ["sp/mv0"] }),
      ],
    },
    want: ["eth0 4 v4a,v4b pod-ippool"],
  },
  {
    row: "38: nodeName beats nodeAffinity",
    scenario: {
      pod: { ippool: both },
      pools: [v4a({ nodeAffinity: { matchLabels: { zone: "a" } } }), v4b({ nodeName: ["n1"] })],
    },
    want: ["eth0 4 v4b,v4a pod-ippool"],
  },
  {
    row: "39: equals stay as listed",
    scenario: { pod: { ippool: `{"ipv4":["v4b","v4a"]}` } },
    want: ["eth0 4 v4b,v4a pod-ippool"],
  },
  {
    row: "53: one listed family is enough",
    scenario: { pod: { ippool: v4 } },
    want: ["eth0 4 v4a pod-ippool"],
  },
  {
    row: "55: ippools are for every NIC, whichever is added",
    scenario: {
      pod: {
        ippools: `[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4b"]}]`,
        [networks]: "b/n2",
      },
    },
    want: ["eth0 4 v4a pod-ippools", "net1 4 v4b pod-ippools"],
  },
  {
    row: "60: unnamed items are the NICs in Multus' order",
    scenario: { pod: { ippools: `[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]` } },
    want: ["eth0 4 v4a pod-ippools", "net1 4 v4b pod-ippools"],
  },
  {
    row: "61: unnamed items take requested names, also when eth0 is not ours",
    scenario: {
      nic: "foo0",
      pod: { ippools: `[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]`, [networks]: `[{"name":"n2","interface":"foo0"}]` },
    },
    want: ["eth0 4 v4a pod-ippools", "foo0 4 v4b pod-ippools"],
  },
  {
    row: "62: both NICs may name one pool",
    scenario: { pod: { ippools: `[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4a"]}]` } },
    want: ["eth0 4 v4a pod-ippools", "net1 4 v4a pod-ippools"],
  },
  {
    row: "63: ippool serves whichever NIC is added",
    scenario: { nic: "net1", pod: { ippool: `{"ipv4":["v4b"]}`, [networks]: "b/n2" } },
    want: ["net1 4 v4b pod-ippool"],
  },
  {
    row: "64: cleangateway is the item's, not the request's",
    scenario: {
      cni: { cleanGateway: true },
      pod: {
        ippools: `[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4b"],"cleangateway":true}]`,
      },
    },
    want: ["eth0 4 v4a pod-ippools", "net1 4 v4b pod-ippools clean"],
  },
  {
    row: "other sources take cleanGateway of the request",
    scenario: { cni: { cleanGateway: true }, pod: { ippool: v4 } },
    want: ["eth0 4 v4a pod-ippool clean"],
  },
  {
    row: "a pool that no webhook completed has the family of its subnet",
    scenario: { pod: { ippool: `{"ipv6":["raw*"]}` }, pools: [pool("raw1", { subnet: "fd00:9::/64" }), v4a()] },
    want: ["eth0 6 raw1 pod-ippool"],
  },
  {
    row: "an auto-created pool serves its application past multusName",
    scenario: {
      pod: { ippool: `{"ipv4":["auto"]}` },
      pools: [autoPool("auto", "eth0", { multusName: ["x/y"] })],
    },
    want: ["eth0 4 auto pod-ippool"],
  },
  {
    row: "97: the auto-created pool of the NIC, whatever its size",
    scenario: {
      nic: "net1",
      pod: { subnets: `[{"interface":"net1","ipv4":["s4"]}]`, "ippool-ip-number": "+1" },
      pools: [autoPool("auto4-web-eth0-d1", "eth0"), autoPool("auto4-web-net1-d1", "net1")],
    },
    want: ["net1 4 auto4-web-net1-d1 pod-subnets"],
  },
];
for (const { row, scenario, want } of planned) {
  Deno.test(`planAdd() plans ipam row ${row}`, () => assert.deepEqual(planText(scenario), want));
}

/** Rows that end in a refusal: code and what the message must hold. */
const refused: { row: string; scenario: Scenario; code: string; says: string[] }[] = [
  {
    row: "4: subnet without auto pools",
    scenario: { pod: { subnet: `{"ipv4":["s4"]}` }, features: { enableAutoPool: false } },
    code: "auto-pool-unusable",
    says: ["enableAutoPoolForApplication is off"],
  },
  {
    row: "8: nothing anywhere",
    scenario: {},
    code: "no-ippool-available",
    says: ["no IPPool available", "no IPPool is the cluster's default"],
  },
  {
    row: "10: empty annotation",
    scenario: { pod: { ippool: "" } },
    code: "wrong-input",
    says: [`Cannot allocate addresses: wrong input: annotation ipam.spidernet.io/ippool of Pod "ns1/p": it is empty`],
  },
  {
    row: "11: a named pool does not exist",
    scenario: { pod: { ippool: `{"ipv4":["v4a","nope"]}` } },
    code: "pool-not-found",
    says: [`IPPool "nope" of the Pod annotation "ipam.spidernet.io/ippool" does not exist`],
  },
  {
    row: "13: empty object",
    scenario: { pod: { ippool: "{}" } },
    code: "no-ippool-available",
    says: ["no IPPool available: nothing is left", "no pool is named"],
  },
  {
    row: "15: namespace annotation is not JSON",
    scenario: { namespace: { "default-ipv6-ippool": "v6a" }, cni: { defaultIPv4Pools: ["v4b"] } },
    code: "namespace-annotation",
    says: [`annotation ipam.spidernet.io/default-ipv6-ippool of namespace "ns1": it is not JSON: v6a`],
  },
  {
    row: "18: a pattern matches nothing",
    scenario: { pod: { ippool: `{"ipv4":["zz*"]}` } },
    code: "no-ippool-available",
    says: ["no IPPool available", `pattern "zz*" matches no IPv4 IPPool for "eth0"`],
  },
  {
    row: "19: half a class is a name",
    scenario: { pod: { ippool: `{"ipv4":["[v4"]}` } },
    code: "pool-not-found",
    says: [`IPPool "[v4"`],
  },
  {
    row: "21: an unmatched namespace default stops the search",
    scenario: { namespace: { "default-ipv4-ippool": `["zz*"]` }, cni: { defaultIPv4Pools: ["v4b"] } },
    code: "no-ippool-available",
    says: ["the default IPPools of the namespace", `pattern "zz*"`],
  },
  {
    row: "22: the sole pool is disabled",
    scenario: { pod: { ippool: v4 }, pools: [v4a({ disable: true })] },
    code: "no-ippool-available",
    says: [
      `Cannot allocate addresses: no IPPool available: IPv4 of "eth0" from the Pod annotation "ipam.spidernet.io/ippool": ` +
      `IPPool "v4a": is disabled (spec.disable)`,
    ],
  },
  {
    row: "24: nodeName overrides a matching nodeAffinity",
    scenario: {
      pod: { ippool: v4 },
      pools: [v4a({ nodeName: ["n2"], nodeAffinity: { matchLabels: { zone: "a" } } })],
    },
    code: "no-ippool-available",
    says: [`spec.nodeName allows "n2", the Pod is on node "n1"`],
  },
  {
    row: "26: podAffinity of others",
    scenario: { pod: { ippool: v4 }, pools: [v4a({ podAffinity: { matchLabels: { app: "db" } } })] },
    code: "no-ippool-available",
    says: [`spec.podAffinity does not match the Pod: it needs app=db, app is "web"`],
  },
  {
    row: "29: another network",
    scenario: {
      pod: { ippool: v4, [defaultNetwork]: "sp/mv0" },
      pools: [v4a({ multusName: ["ns1/mv1"] })],
    },
    code: "no-ippool-available",
    says: [`spec.multusName allows "ns1/mv1", "eth0" is on network "sp/mv0"`],
  },
  {
    row: "31b: no network is for the NIC",
    scenario: {
      nic: "net1",
      pod: { ippool: v4, [networks]: "b/n2@foo0" },
      pools: [v4a({ multusName: ["b/n2"] })],
    },
    code: "no-ippool-available",
    says: [`no network of k8s.v1.cni.cncf.io/networks is for "net1"`],
  },
  {
    row: "32b: multusName but no network",
    scenario: { pod: { ippool: v4 }, pools: [v4a({ multusName: ["mv0"] })], facts: { clusterNetwork: "" } },
    code: "no-ippool-available",
    says: ["the Pod has no v1.multus-cni.io/default-network and MULTUS_CLUSTER_NETWORK is not set"],
  },
  {
    row: "33: a matching multusName does not excuse a foreign subnet",
    scenario: {
      pod: { ippool: v4 },
      pools: [v4a({ multusName: ["mv0"] })],
      cni: { matchMasterSubnet: true },
      facts: { master: { addresses: [parseAddress("10.9.0.1")] } },
    },
    code: "no-ippool-available",
    says: ["spec.subnet 10.1.0.0/24 holds none of the master's addresses (10.9.0.1)"],
  },
  {
    row: "34b: the master's addresses are unknown",
    scenario: {
      pod: { ippool: v4 },
      cni: { matchMasterSubnet: true },
      facts: { master: { problem: '"eth0" is a veth' } },
    },
    code: "no-ippool-available",
    says: [`match_master_subnet is set, but the addresses of the NIC's master are unknown: "eth0" is a veth`],
  },
  {
    row: "35: an auto-created pool of another application",
    scenario: {
      pod: { ippool: `{"ipv4":["auto"]}` },
      pools: [autoPool("auto", "eth0")],
      facts: { topController: { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns1", name: "db", uid: "D2" } },
    },
    code: "no-ippool-available",
    says: [`was created for Deployment "ns1/web" of apps/v1, the Pod belongs to Deployment "ns1/db" of apps/v1`],
  },
  {
    row: "54: only a disabled family is listed",
    scenario: { pod: { ippool: `{"ipv6":["v6a"]}` }, features: { enableIPv6: false } },
    code: "no-ippool-available",
    says: ["IPv6 is disabled in spiderpool-conf, so v6a is not used"],
  },
  {
    row: "56: ippools without the NIC that is added",
    scenario: { pod: { ippools: `[{"interface":"net1","ipv4":["v4a"]}]` } },
    code: "wrong-input",
    says: ["wrong input", `no item is for "eth0", only for net1`],
  },
  {
    row: "57: one item named, one not",
    scenario: { pod: { ippools: `[{"interface":"eth0","ipv4":["v4a"]},{"ipv4":["v4b"]}]` } },
    code: "wrong-input",
    says: ["either every item names its interface or none does"],
  },
  {
    row: "58: one interface twice",
    scenario: { pod: { ippools: `[{"interface":"net1"},{"interface":"net1"}]` } },
    code: "wrong-input",
    says: [`"net1" occurs more than once`],
  },
  {
    row: "59: empty array",
    scenario: { pod: { ippools: "[]" } },
    code: "wrong-input",
    says: ["it lists no interface"],
  },
  {
    row: "61b: one unnamed item is eth0's",
    scenario: { nic: "net1", pod: { ippools: `[{"ipv4":["v4a"]}]` } },
    code: "wrong-input",
    says: [`no item is for "net1", only for eth0`],
  },
  {
    row: "61c: unnamed items and unreadable networks",
    scenario: { pod: { ippools: `[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]`, [networks]: "Not A Name" } },
    code: "wrong-input",
    says: [`k8s.v1.cni.cncf.io/networks: "Not A Name" is not [namespace/]name[@ifname]`],
  },
  {
    row: "61d: two networks ask for one interface",
    scenario: { pod: { ippools: `[{},{},{}]`, [networks]: "a@x,b@x" } },
    code: "wrong-input",
    says: [`two networks of k8s.v1.cni.cncf.io/networks ask for "x"`],
  },
  {
    row: "67: a route over both families",
    scenario: { pod: { ippool: v4, routes: `[{"dst":"10.0.0.0/8","gw":"fd00::1"}]` } },
    code: "wrong-input",
    says: ["wrong input", "$[0]: dst 10.0.0.0/8 and gw fd00::1 are of different families"],
  },
  {
    row: "100: there is no auto-created pool",
    scenario: { pod: { subnet: `{"ipv4":["s4"]}` } },
    code: "auto-pool-missing",
    says: [
      "no matching auto-created IPPool for labels ipam.spidernet.io/owner-spider-subnet=s4, " +
      "ipam.spidernet.io/owner-application-gv=apps_v1",
      "spiderpool-controller",
    ],
  },
  {
    row: "101: a bare Pod with subnet",
    scenario: {
      pod: { subnet: `{"ipv4":["s4"]}` },
      facts: { topController: { apiVersion: "v1", kind: "Pod", namespace: "ns1", name: "p", uid: "U1" } },
    },
    code: "auto-pool-unusable",
    says: [`Pod "ns1/p" has no controller`],
  },
  {
    row: "102: a third-party controller without a number",
    scenario: {
      pod: { subnet: `{"ipv4":["s4"]}` },
      facts: { topController: { apiVersion: "x.io/v1", kind: "CloneSet", namespace: "ns1", name: "c", uid: "C1" } },
    },
    code: "auto-pool-unusable",
    says: ["set annotation ipam.spidernet.io/ippool-ip-number"],
  },
  {
    row: "103: subnets without the NIC that is added",
    scenario: { nic: "net1", pod: { subnets: `[{"interface":"eth0","ipv4":["s4"]}]` } },
    code: "wrong-input",
    says: [`no item is for "net1"`],
  },
  {
    row: "104: the auto-created pool is another NIC's",
    scenario: { nic: "net1", pod: { subnet: `{"ipv4":["s4"]}` }, pools: [autoPool("auto", "eth0")] },
    code: "auto-pool-unusable",
    says: ["ipam.spidernet.io/interface=net1", 'creates it for "eth0" only', 'list "net1" in annotation'],
  },
  {
    row: "5.1: a name twice",
    scenario: { pod: { ippool: `{"ipv4":["v4a","v4a"]}` } },
    code: "wrong-input",
    says: [`IPPool "v4a" is listed more than once`],
  },
  {
    row: "4.8: a malformed pattern",
    scenario: { pod: { ippool: `{"ipv4":["[]*"]}` } },
    code: "wrong-input",
    says: [`pattern "[]*" is malformed`],
  },
  {
    row: "ippools that leave the NIC nothing",
    scenario: { pod: { ippools: `[{"interface":"eth0"},{"interface":"net1","ipv4":["v4a"]}]` } },
    code: "no-ippool-available",
    says: [`nothing is left for "eth0"`],
  },
  {
    row: "several auto-created pools",
    scenario: { pod: { subnet: `{"ipv4":["s4"]}` }, pools: [autoPool("b", "eth0"), autoPool("a", "eth0")] },
    code: "auto-pool-unusable",
    says: ["IPPools a, b all have the labels"],
  },
  {
    row: "subnet of a disabled family",
    scenario: { pod: { subnet: `{"ipv6":["s6"]}` }, features: { enableIPv6: false } },
    code: "no-ippool-available",
    says: ["IPv6 is disabled in spiderpool-conf, so s6 is not used"],
  },
  {
    row: "both families without a pool: all reasons",
    scenario: {
      pod: { ippool: `{"ipv4":["v4a"],"ipv6":["v6a"]}` },
      pools: [v4a({ subnet: "10.1.0.0" }), v6a({ gateway: "10.1.0.1" })],
    },
    code: "no-ippool-available",
    says: [
      `IPPool "v4a": spec.subnet cannot be read: "10.1.0.0" is not a CIDR; IPv6`,
      `IPPool "v6a": spec.gateway cannot be read: "10.1.0.1" is not an IPv6 address`,
    ],
  },
];
for (const { row, scenario, code, says } of refused) {
  Deno.test(`planAdd() refuses ipam row ${row}`, () => {
    const plan = planAdd(factsOf(scenario));
    assert.equal(plan.kind, "refused");
    assert.ok(plan.kind === "refused");
    assert.equal(plan.error.code, code, plan.error.message);
    for (const part of says) {
      const { message } = plan.error;
      assert.ok(message.includes(part), message);
    }
  });
}

Deno.test("planAdd() tells why each pool of a plan is left aside", () => {
  const plan = planAdd(
    factsOf({ pod: { ippool: `{"ipv4":["v4*","v6a"]}` }, pools: [v4a({ disable: true }), v4b(), v6a()] }),
  );
  assert.ok(plan.kind === "plan");
  assert.deepEqual(plan.families[0]?.unused, [
    { pool: "v4a", nic: "eth0", family: 4, reason: { code: "disabled" } },
    { pool: "v6a", nic: "eth0", family: 4, reason: { code: "family", want: 4, have: 6 } },
  ]);
});

Deno.test("planAdd() notes what it leaves aside", () => {
  const plan = planAdd(factsOf({
    pod: { ippool: `{"ipv4":["zz*","v4a"],"ipv6":["v6a"]}` },
    features: { enableIPv6: false },
  }));
  assert.ok(plan.kind === "plan");
  assert.deepEqual(plan.notes, [
    { code: "pattern-unmatched", nic: "eth0", family: 4, pattern: "zz*" },
    { code: "family-disabled", nic: "eth0", family: 6, names: ["v6a"] },
  ]);
});

Deno.test("planAdd() ignores default-route-nic (ipam row 68)", () => {
  const scenario = { pod: { ippool: v4 } };
  const plan = planAdd(factsOf({ pod: { ...scenario.pod, "default-route-nic": "net1" } }));
  assert.ok(plan.kind === "plan");
  assert.deepEqual(plan, planAdd(factsOf(scenario)));
});

function autoPool(name: string, nic: string, spec: Partial<NonNullable<ReturnType<typeof pool>["spec"]>> = {}) {
  return pool(name, {
    ipVersion: 4,
    subnet: "10.3.0.0/24",
    podAffinity: {
      matchLabels: {
        "ipam.spidernet.io/app-api-group": "apps",
        "ipam.spidernet.io/app-api-version": "v1",
        "ipam.spidernet.io/app-kind": "Deployment",
        "ipam.spidernet.io/app-namespace": "ns1",
        "ipam.spidernet.io/app-name": "web",
      },
    },
    ...spec,
  }, {
    labels: {
      "ipam.spidernet.io/owner-spider-subnet": "s4",
      "ipam.spidernet.io/owner-application-gv": "apps_v1",
      "ipam.spidernet.io/owner-application-kind": "Deployment",
      "ipam.spidernet.io/owner-application-namespace": "ns1",
      "ipam.spidernet.io/owner-application-name": "web",
      "ipam.spidernet.io/owner-application-uid": "D1",
      "ipam.spidernet.io/interface": nic,
      "ipam.spidernet.io/ip-version": "IPv4",
    },
  });
}
