import assert from "node:assert/strict";
import { AddressSet, parsePrefix, parseRange } from "../../net/ip/mod.ts";
import type { Facts, PodFact, PoolFact } from "./facts.ts";
import { addressesOf, notRenewed, type PodState, statesIn } from "./pod_states.ts";

function podFact(key: string, uid: string, more: Partial<PodFact> = {}): PodFact {
  const rest = { phase: "Running", isReady: true, isTerminating: false, hostNetwork: false, addresses: [] };
  return { key, uid, ...rest, ...more };
}

function poolFact(name: string, given: readonly (readonly [pod: string, address: string])[]): PoolFact {
  const records = given.map(([pod, address]) => ({ address, pod, podUid: "any", nic: "eth0" }));
  const offered = AddressSet.of(4, [parseRange("10.0.0.1-10.0.0.9")]);
  return { name, subnet: parsePrefix("10.0.0.0/24"), offered, count: records.length, records, quarantined: 0 };
}

Deno.test("statesIn() takes the Pods of one StatefulSet, with node and addresses by pool", () => {
  const facts: Facts = {
    pods: [podFact("default/db-1", "u1", { isTerminating: true }), podFact("default/db-0", "u0"), ...strangers],
    pools: [poolFact("b", [["default/db-0", "10.0.0.2"]]), poolFact("a", [["default/db-0", "10.0.0.1"]])],
    endpoints: [],
    links: [{ node: "n1", netns: "/ns/1", podUid: "u0", ifname: "eth0", address: "10.0.0.1" }],
  };
  const states = statesIn(facts, "db");
  const held = [{ pool: "a", nic: "eth0", address: "10.0.0.1" }, { pool: "b", nic: "eth0", address: "10.0.0.2" }];
  assert.deepEqual(states.get("db-0"), { uid: "u0", isReady: true, node: "n1", held });
  assert.deepEqual(states.get("db-1"), { uid: "u1", isReady: false, node: undefined, held: [] });
  assert.deepEqual(Object.entries(addressesOf(states)), [["db-0", held], ["db-1", []]]);
});

const strangers = [
  podFact("default/db-x-0", "u2"),
  podFact("other/db-0", "u3"),
  podFact("default/db", "u4"),
  podFact("default/db-new", "u5"),
];

const ready: PodState = { uid: "u0", isReady: true, node: "n1", held: [] };
const before = new Map([["db-0", ready]]);

const cases: readonly { name: string; pods: Record<string, PodState>; names?: string[]; want: string | undefined }[] = [
  { name: "all are there", pods: { "db-0": ready }, want: undefined },
  { name: "a Pod is missing", pods: {}, want: "there are 0 Pods of 1" },
  { name: "one is too many", pods: { "db-0": ready, "db-1": ready }, want: "there are 2 Pods of 1" },
  { name: "not ready", pods: { "db-0": { ...ready, isReady: false } }, want: "db-0 is not ready" },
  { name: "still the old one", pods: { "db-0": ready }, names: ["db-0"], want: "db-0 is still the old one" },
  { name: "a new one", pods: { "db-0": { ...ready, uid: "u9" } }, names: ["db-0"], want: undefined },
];

for (const { name, pods, names = [], want } of cases) {
  Deno.test(`notRenewed() says what is missing: ${name}`, () => {
    assert.equal(notRenewed(new Map(Object.entries(pods)), { replicas: 1, names, before }), want);
  });
}
