import assert from "node:assert/strict";
import { addressWhy, type Decision, endpointUse, familyDecision, type FamilyOutcome } from "./decision.ts";
import { addressWhyText, endpointUseText, explainPosition, formatDecision, headlineOf } from "./explain.ts";
import { planAdd, type PlanFindings } from "./plan.ts";
import { factsOf, type Scenario, v4a, v4b, v6a } from "./plan_fixture.ts";
import type { PoolReason } from "./reasons.ts";
import { formatAttempt, searchedSources } from "./source.ts";
import { searchSources } from "./sources.ts";

const full: PoolReason = { pool: "v4a", nic: "eth0", family: 4, reason: { code: "used-out", detail: "3 usable" } };
const listed = { pod: { ippool: `{"ipv4":["v4b","v6a","v4a"]}` }, pools: [v4a({ nodeAffinity: {} }), v4b(), v6a()] };

function findingsOf(scenario: Scenario): PlanFindings {
  const plan = planAdd(factsOf(scenario));
  const findings = plan.kind === "plan" ? plan : plan.error.findings;
  assert.ok(findings !== undefined);
  return findings;
}

function decisionOf(scenario: Scenario, outcome: FamilyOutcome, rest: Partial<Decision> = {}): Decision {
  const { sources, notes, families } = findingsOf(scenario);
  const { topController } = factsOf(scenario);
  return {
    pod: "ns1/p",
    podUid: "U1",
    nic: "eth0",
    topController,
    keptBy: undefined,
    endpoint: { code: "none" },
    sources,
    notes,
    families: families.map((family) => familyDecision(family, outcome)),
    refusal: undefined,
    ...rest,
  };
}

Deno.test("explainPosition() says where a pool stands and why", () => {
  const [family] = findingsOf(listed).families;
  assert.ok(family !== undefined);
  assert.deepEqual(family.pools.map((pool) => explainPosition(family, pool)), [
    'no. 1 of 2 from the Pod annotation "ipam.spidernet.io/ippool", has nodeAffinity',
    'no. 2 of 2 from the Pod annotation "ipam.spidernet.io/ippool"',
  ]);
});

Deno.test("formatDecision() tells each source, each pool and the address", () => {
  const address = { address: "10.2.0.10", pool: "v4b", why: "lowest-free" } as const;
  const counts = new Map([["v4b", {
    offered: 11n,
    reserved: 2n,
    recorded: 4n,
    quarantined: 1n,
    free: 5n,
    lately: 3n,
  }]]);
  assert.deepEqual(formatDecision(decisionOf(listed, { refused: [full], address, counts })), [
    "eth0: gets 10.2.0.10 on eth0",
    "  owner: Deployment ns1/web",
    "  SpiderEndpoint: there is none",
    "  sources of IPPools:",
    '    the Pod annotation "ipam.spidernet.io/subnets": not there',
    '    the Pod annotation "ipam.spidernet.io/subnet": not there',
    '    the Pod annotation "ipam.spidernet.io/ippools": not there',
    '    the Pod annotation "ipam.spidernet.io/ippool": applies',
    "    the default IPPools of the namespace: not asked: an earlier source applies",
    "    the CNI configuration: not asked: an earlier source applies",
    "    the cluster's default IPPools: not asked: an earlier source applies",
    '  IPv4 of eth0 from the Pod annotation "ipam.spidernet.io/ippool":',
    '    1. IPPool "v4a" (has nodeAffinity): all IP addresses used out (3 usable)',
    '    2. IPPool "v4b": used, 10.2.0.10: the lowest free one that was not released lately; 5 of 11 addresses free ' +
    "(3 released lately, handed out last), 4 recorded (1 in quarantine), 2 reserved",
    '    - IPPool "v6a": is an IPv6 pool, IPv4 is asked for',
  ]);
});

Deno.test("formatDecision() says what stays, what is refused and what is noted", () => {
  const scenario = { pod: { subnet: "{}", ippool: `{"ipv4":["zz*"]}` }, features: { enableSpiderSubnet: false } };
  const lines = formatDecision(decisionOf(scenario, { refused: [] }, { refusal: "no", keptBy: "statefulset" }));
  assert.deepEqual([lines[0], lines[1]], [
    "eth0: refused: no",
    "  owner: Deployment ns1/web, which keeps its addresses",
  ]);
  assert.ok(
    lines.includes(
      '    the Pod annotation "ipam.spidernet.io/subnet": left aside: enableSpiderSubnet is off in spiderpool-conf',
    ),
  );
  assert.deepEqual(lines.filter((line) => line.startsWith("  note: ")), [
    "  note: annotation ipam.spidernet.io/subnet is ignored: enableSpiderSubnet is off in spiderpool-conf; switch it on " +
    "and restart spiderpool-agent and spiderpool-controller, or remove the annotation",
    '  note: pattern "zz*" matches no IPv4 IPPool for "eth0"',
  ]);
});

Deno.test("formatDecision() lists 64 pools of a family and counts the others", () => {
  const pools = Array.from({ length: 70 }, (_, i) => ({ ...v4a(), metadata: { name: `p${i}` } }));
  const lines = formatDecision(decisionOf({ pod: { ippool: `{"ipv4":["p*"]}` }, pools }, { refused: [] }));
  assert.equal(lines.filter((line) => line.includes("IPPool ")).length, 64);
  assert.equal(lines.at(-1), "    and 6 more");
});

Deno.test("headlineOf() tells kept addresses from new ones", () => {
  const address = { address: "10.1.0.10", pool: "v4a", why: "own-record" } as const;
  const decision = decisionOf({ pod: { ippool: `{"ipv4":["v4a"]}` } }, { refused: [], address });
  assert.equal(headlineOf(decision), "gets 10.1.0.10 on eth0");
  assert.equal(headlineOf({ ...decision, endpoint: { code: "reused" } }), "keeps 10.1.0.10 on eth0");
});

const whys = [
  { name: "a new one", claim: {}, want: "lowest-free" },
  { name: "a new one, lately released", claim: { lately: true }, want: "longest-free" },
  { name: "its own record", claim: { existing: true }, want: "own-record" },
  { name: "its own record, which it asked for", claim: { existing: true, wanted: true }, want: "own-record" },
  { name: "a free one that it had", claim: { wanted: true }, want: "had-before" },
  { name: "a record of an earlier incarnation", claim: { existing: true, wanted: true, kept: true }, want: "kept" },
  { name: "a kept one whose record was gone", claim: { wanted: true, kept: true }, want: "kept" },
  { name: "another one in place of a kept one", claim: { kept: true }, want: "lowest-free" },
];
for (const { name, claim, want } of whys) {
  Deno.test(`addressWhy() of ${name} is ${want}`, () => {
    const why = addressWhy({ existing: false, wanted: false, kept: false, lately: false, ...claim });
    assert.equal(why, want);
    assert.ok(addressWhyText(why).length > 0);
  });
}

const endpoint = {
  apiVersion: "spiderpool.spidernet.io/v2beta1" as const,
  kind: "SpiderEndpoint" as const,
  metadata: { name: "p", namespace: "ns1" },
  status: {
    current: {
      uid: "U1",
      node: "n1",
      ips: [{ interface: "net1", ipv4: "10.1.0.10/24", ipv4Pool: "v4a", vlan: 0, cleanGateway: false }],
    },
    ownerControllerType: "Deployment",
    ownerControllerName: "web",
  },
};
const asked = { podUid: "U1", nic: "net1", isReused: false, isKept: false };
const uses = [
  { name: "no endpoint", given: undefined, query: asked, want: { code: "none" } },
  { name: "the answer", given: endpoint, query: { ...asked, isReused: true }, want: { code: "reused" } },
  { name: "one without a record", given: endpoint, query: asked, want: { code: "unconfirmed" } },
  {
    name: "one of other NICs",
    given: endpoint,
    query: { ...asked, nic: "eth0" },
    want: { code: "other-nics", nics: ["net1"] },
  },
  {
    name: "an earlier Pod's",
    given: endpoint,
    query: { ...asked, podUid: "U2" },
    want: { code: "other-incarnation", uid: "U1" },
  },
  {
    name: "a fixed owner's",
    given: endpoint,
    query: { ...asked, podUid: "U2", isKept: true },
    want: { code: "kept", uid: "U1" },
  },
  {
    name: "one that is being deleted",
    given: { ...endpoint, metadata: { ...endpoint.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } },
    query: asked,
    want: { code: "terminating", since: "2026-01-01T00:00:00Z" },
  },
];
for (const { name, given, query, want } of uses) {
  Deno.test(`endpointUse() of ${name} is ${want.code}`, () => {
    const use = endpointUse(given, query);
    assert.deepEqual(use, want);
    assert.ok(endpointUseText(use).length > 0);
  });
}

const not = "not-asked";
const searches: { name: string; scenario: Scenario; want: string[] }[] = [
  {
    name: "nothing is named anywhere",
    scenario: {},
    want: ["absent", "absent", "absent", "absent", "absent", "empty", "empty"],
  },
  {
    name: "the CNI configuration is unknown",
    scenario: { cni: { arePoolsUnknown: true }, pools: [v4a({ default: true })] },
    want: ["absent", "absent", "absent", "absent", "absent", "unknown", "applies"],
  },
  {
    name: "a namespace names nothing, the CNI configuration does",
    scenario: { namespace: { "default-ipv4-ippool": "[]" }, cni: { defaultIPv4Pools: ["v4a"] } },
    want: ["absent", "absent", "absent", "absent", "empty", "applies", not],
  },
  {
    name: "SpiderSubnet is off and ippool is there",
    scenario: { pod: { subnet: "{}", ippool: "{}" }, features: { enableSpiderSubnet: false } },
    want: ["absent", "feature-off", "absent", "applies", not, not, not],
  },
  {
    name: "ippools cannot be read",
    scenario: { pod: { ippools: "", ippool: "{}" } },
    want: ["absent", "absent", "unusable", not, not, not, not],
  },
];
for (const { name, scenario, want } of searches) {
  Deno.test(`searchSources() asks in order: ${name}`, () => {
    const { attempts } = searchSources(factsOf(scenario));
    assert.deepEqual(attempts.map(({ verdict }) => verdict), want);
    assert.deepEqual(attempts.map(({ source }) => source), searchedSources);
    assert.ok(attempts.every((attempt) => formatAttempt(attempt).includes(": ")));
  });
}

Deno.test("planAdd() refuses with what it had found out", () => {
  const plan = planAdd(factsOf({ pod: { ippool: `{"ipv4":["v4a","nope"]}` } }));
  assert.ok(plan.kind === "refused");
  assert.deepEqual(plan.error.findings?.sources.filter(({ verdict }) => verdict === "applies"), [
    { source: "pod-ippool", verdict: "applies" },
  ]);
  const unfit = planAdd(factsOf({ pod: { ippool: `{"ipv4":["v4a"]}` }, pools: [v4a({ disable: true })] }));
  assert.ok(unfit.kind === "refused");
  assert.deepEqual(unfit.error.findings?.families.map(({ unused }) => unused.map(({ reason }) => reason.code)), [
    ["disabled"],
  ]);
});
