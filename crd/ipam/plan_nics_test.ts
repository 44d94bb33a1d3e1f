/** Rows of spec/ipam.md §17: requests of several NICs. */
import { networks, testPlanned, testRefused, v4 } from "./plan_rows_fixture.ts";

testPlanned([
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
]);

testRefused([
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
    row: "ippools that leave the NIC nothing",
    scenario: { pod: { ippools: `[{"interface":"eth0"},{"interface":"net1","ipv4":["v4a"]}]` } },
    code: "no-ippool-available",
    says: [`nothing is left for "eth0"`],
  },
]);
