/** Rows of spec/ipam.md §17: pools that the controller creates for SpiderSubnets. */
import { v4b } from "./plan_fixture.ts";
import { autoPool, testPlanned, testRefused, v4 } from "./plan_rows_fixture.ts";

testPlanned([
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
]);

testRefused([
  {
    row: "4: subnet without auto pools",
    scenario: { pod: { subnet: `{"ipv4":["s4"]}` }, features: { enableAutoPool: false } },
    code: "auto-pool-unusable",
    says: ["enableAutoPoolForApplication is off"],
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
]);
