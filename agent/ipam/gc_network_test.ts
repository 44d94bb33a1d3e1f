import assert from "node:assert/strict";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { endpointWith } from "./gc_fixture.ts";
import { withNetworks } from "./gc_network.ts";

const asked = { eth0: { containerId: "c2" }, net1: { containerId: "c2" } };
const before = endpointWith({
  eth0: { containerId: "c1", network: "old" },
  net1: { containerId: "c1", network: "n1" },
});

const cases: { name: string; network?: string; endpoint?: SpiderEndpoint; podUid?: string; want: string[] }[] = [
  { name: "the first ADD", network: "lan", want: ["lan", "-"] },
  { name: "an ADD that tells none", want: ["-", "-"] },
  { name: "a later ADD of the Pod", network: "lan", endpoint: before, want: ["lan", "n1"] },
  { name: "a later ADD that tells none", endpoint: before, want: ["-", "n1"] },
  { name: "an ADD over an earlier Pod's endpoint", network: "lan", endpoint: before, podUid: "U2", want: ["lan", "-"] },
  { name: "a name that is too long", network: "n".repeat(254), want: ["-", "-"] },
];
for (const { name, network, endpoint, podUid = "U1", want } of cases) {
  Deno.test(`withNetworks() notes ${name}`, () => {
    const args = {
      containerID: "c2",
      ifName: "eth0",
      netNamespace: "",
      podNamespace: "ns1",
      podName: "p",
      podUID: podUid,
      ...(network !== undefined && { networkName: network }),
    };
    const noted = withNetworks(asked, { args, endpoint, podUid });
    assert.deepEqual(Object.values(noted).map((attachment) => attachment.network ?? "-"), want);
    assert.deepEqual(Object.values(noted).map(({ containerId }) => containerId), ["c2", "c2"]);
  });
}
