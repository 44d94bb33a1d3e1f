/** Rows of spec/ipam.md §17: which pools serve, and in which order. */
import { parseAddress } from "../../net/ip/mod.ts";
import { pool, v4a, v4b, v6a } from "./plan_fixture.ts";
import { both, defaultNetwork, networks, testPlanned, testRefused, v4 } from "./plan_rows_fixture.ts";

testPlanned([
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
    row: "a pool that no webhook completed has the family of its subnet",
    scenario: { pod: { ippool: `{"ipv6":["raw*"]}` }, pools: [pool("raw1", { subnet: "fd00:9::/64" }), v4a()] },
    want: ["eth0 6 raw1 pod-ippool"],
  },
]);

testRefused([
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
]);
