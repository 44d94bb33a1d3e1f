import assert from "node:assert/strict";
import { fuzz, mutatedJson, textOf } from "../../tests/shared/fuzz.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { endpointWith } from "./gc_fixture.ts";
import { gcScopeOf, staleNicsOf } from "./gc_stale.ts";

const lan = { containerId: "c1", network: "lan" };
const storage = { containerId: "c1", network: "storage" };

const cases: { name: string; endpoint: SpiderEndpoint; valid?: string[]; want: string[] }[] = [
  { name: "a NIC of a container that has gone", endpoint: endpointWith({ eth0: lan }), want: ["c1/eth0"] },
  { name: "a NIC that the runtime has", endpoint: endpointWith({ eth0: lan }), valid: ["c1/eth0"], want: [] },
  {
    name: "another NIC of a container that the runtime has",
    endpoint: endpointWith({ eth0: lan, net1: lan }),
    valid: ["c1/eth0"],
    want: ["c1/net1"],
  },
  {
    name: "the NIC of another container",
    endpoint: endpointWith({ eth0: lan }),
    valid: ["c2/eth0"],
    want: ["c1/eth0"],
  },
  {
    name: "NICs of several networks",
    endpoint: endpointWith({ eth0: storage, net1: lan, net2: storage }),
    want: ["c1/net1"],
  },
  { name: "a NIC whose network nobody recorded", endpoint: endpointWith({ eth0: { containerId: "c1" } }), want: [] },
  { name: "an endpoint of another node", endpoint: endpointWith({ eth0: lan }, { node: "n2" }), want: [] },
  {
    name: "a NIC that the runtime has with an earlier container",
    endpoint: endpointWith({ eth0: { ...lan, containerId: "c2", former: ["c0", "c1"] } }),
    valid: ["c1/eth0"],
    want: [],
  },
  {
    name: "a NIC with earlier containers that have gone as well",
    endpoint: endpointWith({ eth0: { ...lan, containerId: "c2", former: ["c1"] } }),
    valid: ["c1/net1"],
    want: ["c2/eth0"],
  },
  { name: "an endpoint without attachments", endpoint: endpointWith({}, { nics: ["eth0"] }), want: [] },
];
for (const { name, endpoint, valid = [], want } of cases) {
  Deno.test(`staleNicsOf() of ${name}`, () => {
    const validAttachments = valid.map((text) => {
      const [containerID = "", ifName = ""] = text.split("/");
      return { containerID, ifName };
    });
    const scope = gcScopeOf({ networkName: "lan", validAttachments }, "n1");
    assert.deepEqual(staleNicsOf(endpoint, scope).map(({ nic, containerId }) => `${containerId}/${nic}`), want);
  });
}

Deno.test("fuzz: a damaged annotation makes no valid NIC stale, and none of another network", async () => {
  const attachments = { eth0: { ...lan, former: ["c0"] }, net1: storage };
  await fuzz((random) => {
    const text = random() < 0.2 ? textOf(random) : JSON.stringify(mutatedJson(random, attachments));
    return { text, valid: random() < 0.5 };
  }, ({ text, valid }) => {
    const endpoint = endpointWith(attachments);
    endpoint.metadata.annotations = { "ipam.spidernet.io/attachments": text };
    const validAttachments = valid ? ["eth0", "net1"].map((ifName) => ({ containerID: "c1", ifName })) : [];
    const stale = staleNicsOf(endpoint, gcScopeOf({ networkName: "lan", validAttachments }, "n1"));
    for (const { nic, containerId } of stale) {
      assert.equal(JSON.parse(text)[nic].network, "lan");
      assert.ok(!valid || containerId !== "c1" || !["eth0", "net1"].includes(nic));
    }
  });
});
