import assert from "node:assert/strict";
import type { EndpointSlice } from "../../../crd/core/mod.ts";
import { peerLease, peerLeaseName, peerOfLease } from "./peer_lease.ts";
import { peerAddresses } from "./slice_addresses.ts";

function slice(fields: Partial<EndpointSlice> = {}): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "s" },
    addressType: "IPv4",
    ports: [{ name: "metrics", port: 5711 }, { name: "peer", port: 5713 }],
    endpoints: [{ nodeName: "n1", addresses: ["10.0.0.7"], conditions: { ready: true } }],
    ...fields,
  };
}

const v6 = slice({ addressType: "IPv6", endpoints: [{ nodeName: "n1", addresses: ["fd00::7"] }] });
const slices: { name: string; slices: EndpointSlice[]; want: [string, string][] }[] = [
  { name: "none", slices: [], want: [] },
  { name: "an agent that is ready", slices: [slice()], want: [["n1", "10.0.0.7:5713"]] },
  { name: "an agent of which nothing is said", slices: [v6], want: [["n1", "[fd00::7]:5713"]] },
  { name: "IPv4 and IPv6 of one agent", slices: [slice(), v6], want: [["n1", "10.0.0.7:5713"]] },
  { name: "agents without a peer port", slices: [slice({ ports: [{ name: "metrics", port: 5711 }] })], want: [] },
  { name: "a slice without ports or endpoints", slices: [slice({ ports: [], endpoints: [] })], want: [] },
  {
    name: "agents that are not ready, that stop, and whose node nobody knows",
    slices: [slice({
      endpoints: [
        { nodeName: "n1", addresses: ["10.0.0.1"], conditions: { ready: false } },
        { nodeName: "n2", addresses: ["10.0.0.2"], conditions: { ready: true, terminating: true } },
        { addresses: ["10.0.0.3"], conditions: { ready: true } },
        { nodeName: "n4", addresses: [], conditions: { ready: true } },
      ],
    })],
    want: [],
  },
];
for (const { name, slices: given, want } of slices) {
  Deno.test(`peerAddresses() of ${name}`, () => assert.deepEqual([...peerAddresses(given)], want));
}

const certificate = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";
const lease = peerLease({ namespace: "spiderpool", node: "n1", certificate, nowMs: 0 });

Deno.test("peerOfLease() reads what peerLease() wrote", () => {
  assert.deepEqual(peerOfLease(lease), { node: "n1", certificate });
  assert.equal(lease.spec?.renewTime, "1970-01-01T00:00:00.000000Z");
});

const others = [
  { name: "that names another node than its own name", lease: { ...lease, spec: { holderIdentity: "n2" } } },
  { name: "of nobody", lease: { ...lease, spec: {} } },
  { name: "without a certificate", lease: { ...lease, metadata: { ...lease.metadata, annotations: {} } } },
  {
    name: "with something else than a certificate",
    lease: {
      ...lease,
      metadata: { ...lease.metadata, annotations: { "spiderpool.spidernet.io/peer-certificate": "x" } },
    },
  },
  {
    name: "with a certificate of 9 kB",
    lease: peerLease({ namespace: "s", node: "n1", certificate: certificate + "x".repeat(9_000), nowMs: 0 }),
  },
];
for (const { name, lease } of others) {
  Deno.test(`peerOfLease() leaves a Lease aside ${name}`, () => assert.equal(peerOfLease(lease), undefined));
}

Deno.test("peerLeaseName() refuses a node whose Lease could not be named", () => {
  assert.equal(peerLeaseName("n".repeat(237)).length, 253);
  assert.throws(() => peerLeaseName("n".repeat(238)), RangeError);
});
