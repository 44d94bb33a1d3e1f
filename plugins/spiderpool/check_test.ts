import assert from "node:assert/strict";
import { missingAddresses } from "./check.ts";

const endpoint = {
  podNamespace: "ns",
  podName: "p",
  podUID: "u",
  node: "n",
  interfaces: [
    { interface: "eth0", ipv4: "10.0.0.5/24", ipv6: "fd00::5/64", routes: null },
    { interface: "net1", ipv4: "10.0.1.5/24", routes: null },
  ],
};
const cases = [
  { name: "all are recorded", returned: ["10.0.0.5/24", "FD00:0::5/64"], endpoint, want: [] },
  { name: "one is another link's", returned: ["10.0.1.5/24"], endpoint, want: ["10.0.1.5/24"] },
  { name: "the length differs", returned: ["10.0.0.5/25"], endpoint, want: ["10.0.0.5/25"] },
  { name: "there is no endpoint", returned: ["10.0.0.5/24"], endpoint: undefined, want: ["10.0.0.5/24"] },
  { name: "nothing was returned", returned: [], endpoint, want: [] },
];
for (const { name, returned, endpoint, want } of cases) {
  Deno.test(`missingAddresses() when ${name}`, () => {
    assert.deepEqual(missingAddresses(returned, { endpoint, ifname: "eth0" }), want);
  });
}
