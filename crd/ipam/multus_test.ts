import assert from "node:assert/strict";
import { type MultusFacts, networkOfNic, nicNames, parseNetworks } from "./multus.ts";

for (
  const { text, want } of [
    { text: "n1", want: ["d/n1@"] },
    { text: "a/n1, b/n2@foo0 ,n3", want: ["a/n1@", "b/n2@foo0", "d/n3@"] },
    { text: `[{"name":"n1"},{"name":"n2","namespace":"b","interface":"foo0"}]`, want: ["d/n1@", "b/n2@foo0"] },
    {
      text:
        `[{"name":"n1","mac":"02:00:00:00:00:0a","infiniband-guid":"02:00:00:00:00:00:00:01","ips":["10.0.0.1/24","fd00::1"]}]`,
      want: ["d/n1@"],
    },
    { text: `[{"name":"n1","mac":"0200.0000.000a","other":{"x":1}}]`, want: ["d/n1@"] },
    { text: "[]", want: [] },
  ]
) {
  Deno.test(`parseNetworks() reads: ${text}`, () => {
    const elements = parseNetworks(text, "d");
    assert.deepEqual(elements.map((element) => `${element.namespace}/${element.name}@${element.interface}`), want);
  });
}

for (
  const text of [
    "",
    "a/b/c",
    "n1@x@y",
    "n1,",
    "N1",
    "-n",
    "a/",
    "/n1",
    "n1@",
    "n1@sixteencharacter",
    "n1@a b",
    `"n1"`,
    `{"name":"n1"}`,
    `[{"name":1}]`,
    `[{"namespace":"a"}]`,
    "[null]",
    `[{"name":"n1"}`,
    `[{"name":"n1","mac":"02:00"}]`,
    `[{"name":"n1","mac":"02:00:00-00:00:0a"}]`,
    `[{"name":"n1","infiniband-guid":"00:00:00:00:00:00:00:00"}]`,
    `[{"name":"n1","infiniband-guid":"02:00:00:00:00:0a"}]`,
    `[{"name":"n1","ips":["10.0.0.300"]}]`,
  ]
) {
  Deno.test(`parseNetworks() refuses: ${text}`, () => assert.throws(() => parseNetworks(text, "d"), SyntaxError));
}

const networks = "k8s.v1.cni.cncf.io/networks";
const defaultNetwork = "v1.multus-cni.io/default-network";

function facts(podAnnotations: Record<string, string>, clusterNetwork?: string): MultusFacts {
  return { podAnnotations, podNamespace: "ns1", agentNamespace: "sp", clusterNetwork };
}

for (
  const { name, nic, given, want } of [
    {
      name: "eth0 by annotation",
      nic: "eth0",
      given: facts({ [defaultNetwork]: "b/d0,x" }, "mv0"),
      want: { network: "b/d0" },
    },
    {
      name: "eth0 in the agent's namespace",
      nic: "eth0",
      given: facts({ [defaultNetwork]: "d0" }),
      want: { network: "sp/d0" },
    },
    { name: "eth0 by cluster network", nic: "eth0", given: facts({}, "mv0"), want: { network: "sp/mv0" } },
    { name: "net1", nic: "net1", given: facts({ [networks]: "n1" }), want: { network: "ns1/n1" } },
    {
      name: "net2 behind a named one",
      nic: "net2",
      given: facts({ [networks]: "n1@foo0,n2" }),
      want: { network: "ns1/n2" },
    },
    {
      name: "no network at all",
      nic: "eth0",
      given: facts({}),
      want: { problem: "the Pod has no v1.multus-cni.io/default-network and MULTUS_CLUSTER_NETWORK is not set" },
    },
    {
      name: "an empty annotation is present",
      nic: "eth0",
      given: facts({ [defaultNetwork]: "" }, "mv0"),
      want: { problem: "v1.multus-cni.io/default-network: it is empty" },
    },
    {
      name: "no such NIC",
      nic: "net1",
      given: facts({ [networks]: "n1@foo0" }),
      want: { problem: `no network of k8s.v1.cni.cncf.io/networks is for "net1"` },
    },
    {
      name: "an empty list",
      nic: "eth0",
      given: facts({ [defaultNetwork]: "[]" }),
      want: { problem: "v1.multus-cni.io/default-network names no network" },
    },
  ]
) {
  Deno.test(`networkOfNic() finds: ${name}`, () => assert.deepEqual(networkOfNic(nic, given), want));
}

Deno.test("nicNames() follow the networks, then the count", () => {
  assert.deepEqual(nicNames(4, facts({ [networks]: "n1@foo0,n2" })), ["eth0", "foo0", "net2", "net3"]);
  assert.deepEqual(nicNames(1, facts({ [networks]: "not readable!" })), ["eth0"]);
});
