/** Rows of spec/ipam.md §17: which pools a request names: sources, their order, patterns, families. */
import { v4a, v4b, v6a } from "./plan_fixture.ts";
import { testPlanned, testRefused, v4 } from "./plan_rows_fixture.ts";

testPlanned([
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
    row: "53: one listed family is enough",
    scenario: { pod: { ippool: v4 } },
    want: ["eth0 4 v4a pod-ippool"],
  },
]);

testRefused([
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
    row: "54: only a disabled family is listed",
    scenario: { pod: { ippool: `{"ipv6":["v6a"]}` }, features: { enableIPv6: false } },
    code: "no-ippool-available",
    says: ["IPv6 is disabled in spiderpool-conf, so v6a is not used"],
  },
  {
    row: "67: a route over both families",
    scenario: { pod: { ippool: v4, routes: `[{"dst":"10.0.0.0/8","gw":"fd00::1"}]` } },
    code: "wrong-input",
    says: ["wrong input", "$[0]: dst 10.0.0.0/8 and gw fd00::1 are of different families"],
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
]);
