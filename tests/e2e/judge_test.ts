import assert from "node:assert/strict";
import { AddressSet, parsePrefix, parseRange } from "../../net/ip/mod.ts";
import type { EndpointFact, Facts, LinkFact, PodFact, PoolFact, RecordFact } from "./facts.ts";
import { judge, judgeRunning } from "./judge.ts";

const pod: PodFact = {
  key: "default/a",
  uid: "u1",
  phase: "Running",
  isReady: true,
  isTerminating: false,
  hostNetwork: false,
  addresses: ["10.0.0.1"],
};
const record: RecordFact = { address: "10.0.0.1", pod: "default/a", podUid: "u1", nic: "eth0" };
const pool = poolFact("p", [record]);
const endpoint: EndpointFact = {
  key: "default/a",
  podUid: "u1",
  entries: [{ nic: "eth0", pool: "p", address: "10.0.0.1" }],
};
const link: LinkFact = { node: "n1", netns: "/ns/1", podUid: "u1", ifname: "eth0", address: "10.0.0.1" };
const good: Facts = { pods: [pod], pools: [pool], endpoints: [endpoint], links: [link] };
const none: Facts = { pods: [], pools: [], endpoints: [], links: [] };

function poolFact(name: string, records: readonly RecordFact[], more: Partial<PoolFact> = {}): PoolFact {
  const subnet = parsePrefix("10.0.0.0/24");
  const offered = AddressSet.of(4, [parseRange("10.0.0.1-10.0.0.9")]);
  return { name, subnet, offered, count: records.length, records, quarantined: 0, ...more };
}

interface Case {
  readonly name: string;
  readonly facts: Partial<Facts>;
  /** Of each finding, in order. */
  readonly want: readonly RegExp[];
}

const v6Address = "fd00::5";
const v6: Partial<Facts> = {
  pods: [{ ...pod, addresses: [v6Address] }],
  pools: [{
    ...poolFact("six", [{ ...record, address: v6Address }]),
    subnet: parsePrefix("fd00::/64"),
    offered: AddressSet.of(6, [parseRange("fd00::1-fd00::9")]),
  }],
  endpoints: [{ ...endpoint, entries: [{ nic: "eth0", pool: "six", address: v6Address }] }],
  links: [{ ...link, address: v6Address }],
};

const cases: readonly Case[] = [
  { name: "nothing at all", facts: none, want: [] },
  { name: "one Pod, all agree", facts: {}, want: [] },
  { name: "IPv6, all agree", facts: v6, want: [] },
  { name: "the Pod has gone", facts: { pods: [], endpoints: [], links: [] }, want: [/^leaked: 10\.0\.0\.1 of pool p/] },
  {
    name: "the Pod has ended",
    facts: { pods: [{ ...pod, phase: "Succeeded" }], links: [] },
    want: [/^leaked: 10\.0\.0\.1/],
  },
  {
    name: "the Pod of that name is another one",
    facts: { pods: [{ ...pod, uid: "u2" }] },
    want: [/^leaked/, /^SpiderEndpoint default\/a is left of UID u1/, /the kernel does not have it on eth0/],
  },
  {
    name: "the record names another Pod",
    facts: { pools: [poolFact("p", [{ ...record, pod: "default/b" }])] },
    want: [/the Pod of that UID is default\/a/],
  },
  {
    name: "a Pending Pod has no kernel side yet",
    facts: { pods: [{ ...pod, phase: "Pending", addresses: [] }], links: [] },
    want: [],
  },
  {
    name: "the kernel lacks the address",
    facts: { links: [] },
    want: [/the kernel does not have it there/, /Pod default\/a has 10\.0\.0\.1 in its status/],
  },
  {
    name: "the kernel has it on another interface",
    facts: { links: [{ ...link, ifname: "net1" }] },
    want: [/does not have it there/, /on net1 of Pod u1 .*gave it to default\/a eth0/, /in its status/],
  },
  {
    name: "no record for what the kernel has",
    facts: { pools: [poolFact("p", [])] },
    want: [/lists 10\.0\.0\.1 for eth0: pool p has no such record/, /no pool has given it/],
  },
  {
    name: "addresses that are no pool's business",
    facts: { links: [link, { ...link, ifname: "net9", address: "192.168.0.1" }] },
    want: [],
  },
  {
    name: "two namespaces have it, one of them belongs to no Pod",
    facts: { links: [link, { ...link, netns: "/ns/2", podUid: undefined }] },
    want: [/^address 10\.0\.0\.1 is double: eth0 of Pod u1 .*; eth0 of Pod none/, /of Pod none \(n1, \/ns\/2\)/],
  },
  {
    name: "two pools gave it",
    facts: { pools: [pool, poolFact("q", [record])] },
    want: [/is double: in pool p for default\/a eth0; in pool q/, /its SpiderEndpoint does not list it/],
  },
  { name: "no endpoint", facts: { endpoints: [] }, want: [/its SpiderEndpoint does not list it/] },
  {
    name: "the endpoint names another pool",
    facts: { endpoints: [{ ...endpoint, entries: [{ nic: "eth0", pool: "q", address: "10.0.0.1" }] }] },
    want: [/does not list it/, /pool q has no such record/],
  },
  {
    name: "the count is wrong",
    facts: { pools: [{ ...pool, count: 2 }] },
    want: [/counts 2 addresses and has 1 records/],
  },
  { name: "quarantined addresses count", facts: { pools: [{ ...pool, count: 2, quarantined: 1 }] }, want: [] },
  {
    name: "the pool does not offer it",
    facts: { pools: [{ ...pool, offered: AddressSet.empty(4) }] },
    want: [/pool p does not offer 10\.0\.0\.1/],
  },
];

for (const { name, facts, want } of cases) {
  Deno.test(`judge() finds what is wrong: ${name}`, () => {
    const findings = judge({ ...good, ...facts });
    assert.equal(findings.length, want.length, findings.join("\n"));
    want.forEach((pattern, i) => assert.match(findings[i] ?? "", pattern));
  });
}

Deno.test("judgeRunning() names Pods that are not ready or are going", () => {
  const pods = [
    pod,
    { ...pod, key: "default/b", phase: "Pending", isReady: false },
    { ...pod, key: "default/c", isTerminating: true },
  ];
  assert.deepEqual(judgeRunning(pods), ["Pod default/b is Pending, not ready", "Pod default/c is terminating"]);
});
