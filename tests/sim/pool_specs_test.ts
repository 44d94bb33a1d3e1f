import assert from "node:assert/strict";
import { isFromOneOf, podNetworks } from "./pool_specs.ts";

const [started, template] = [podNetworks[8]!, podNetworks[3]!];

const cases = [
  {
    name: "the pools of how a VM was started",
    networks: [started],
    addresses: ["10.3.0.10/24", "fd00:1::10/64"],
    want: true,
  },
  {
    name: "its template's, which does not count yet",
    networks: [started],
    addresses: ["10.1.0.10/24", "fd00:2::10/64"],
    want: false,
  },
  {
    name: "its template's, once it counts",
    networks: [started, template],
    addresses: ["10.1.0.10/24", "fd00:2::10/64"],
    want: true,
  },
  {
    name: "one of each",
    networks: [podNetworks[0]!, started],
    addresses: ["10.1.0.10/24", "10.3.0.10/24"],
    want: false,
  },
  { name: "no pool at all", networks: [started, template], addresses: ["192.0.2.1/24"], want: false },
];

for (const { name, networks, addresses, want } of cases) {
  Deno.test(`isFromOneOf(): ${name}`, () => assert.equal(isFromOneOf(networks, { nic: "eth0", addresses }), want));
}
