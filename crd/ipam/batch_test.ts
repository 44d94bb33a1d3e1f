import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { parseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { SpiderIPPoolSpec } from "../generated/mod.ts";
import { planBatch } from "./batch.ts";
import { poolObject } from "./fake_pool_store.ts";
import { poolViewOf } from "./pool_view.ts";
import type { ClaimRequest, PoolOutcome, PoolRequest, ReleaseRequest } from "./requests.ts";

/** "Now" in these tests. */
const NOW_MS = Date.parse("2026-01-01T00:00:00Z");

interface Case {
  readonly name: string;
  readonly spec?: Partial<SpiderIPPoolSpec>;
  readonly metadata?: Parameters<typeof poolObject>[1];
  /** `address=uid`, `address=uid/nic`; the Pod's name is `ns/uid`. */
  readonly taken?: readonly string[];
  readonly reserved?: readonly string[];
  readonly maxRecords?: number;
  readonly maxBytes?: number;
  readonly requests: readonly (PoolRequest)[];
  /** Outcomes as {@linkcode say} says them. */
  readonly want: readonly string[];
  /** Records afterwards; those of before when absent. */
  readonly records?: readonly string[];
}

const cases: Case[] = [
  {
    name: "row 42: the lowest that is neither used nor excluded",
    spec: { excludeIPs: ["10.1.0.11"] },
    taken: ["10.1.0.10=A"],
    requests: [claim("B")],
    want: ["10.1.0.12"],
    records: ["10.1.0.10=A", "10.1.0.12=B"],
  },
  {
    name: "row 43: not a reserved one",
    reserved: ["10.1.0.10"],
    requests: [claim("B")],
    want: ["10.1.0.11"],
    records: ["10.1.0.11=B"],
  },
  {
    name: "row 44: one that is no longer reserved",
    requests: [claim("B")],
    want: ["10.1.0.10"],
    records: ["10.1.0.10=B"],
  },
  {
    name: "row 45: ranges in stored order",
    spec: { ips: ["10.1.0.50", "10.1.0.5-10.1.0.6"] },
    requests: [claim("A"), claim("B"), claim("C")],
    want: ["10.1.0.50", "10.1.0.5", "10.1.0.6"],
    records: ["10.1.0.5=B", "10.1.0.50=A", "10.1.0.6=C"],
  },
  {
    name: "row 46: what one releases another takes, in the same batch and whatever the order",
    taken: ["10.1.0.10=A", "10.1.0.11=X", "10.1.0.12=Y"],
    requests: [claim("B"), release("A")],
    want: ["10.1.0.10", "released 10.1.0.10"],
    records: ["10.1.0.10=B", "10.1.0.11=X", "10.1.0.12=Y"],
  },
  {
    name: "row 46: what is released in the same batch is taken last, but before a claim fails",
    taken: ["10.1.0.10=A", "10.1.0.11=X"],
    requests: [claim("B"), release("A"), claim("C"), claim("D")],
    want: ["10.1.0.12", "released 10.1.0.10", "10.1.0.10", "refused used-out"],
    records: ["10.1.0.10=C", "10.1.0.11=X", "10.1.0.12=B"],
  },
  {
    name: "row 46: whoever wants it gets it at once all the same",
    taken: ["10.1.0.10=A"],
    requests: [claim("B", { want: "10.1.0.10" }), release("A")],
    want: ["10.1.0.10", "released 10.1.0.10"],
    records: ["10.1.0.10=B"],
  },
  {
    name: "row 47: no more than the limit of records",
    maxRecords: 2,
    taken: ["10.1.0.10=A"],
    requests: [claim("B"), claim("C")],
    want: ["10.1.0.11", "refused record-limit"],
    records: ["10.1.0.10=A", "10.1.0.11=B"],
  },
  {
    name: "the own record also at the limit, in a disabled pool, excluded, reserved and of another generation",
    spec: { disable: true, excludeIPs: ["10.1.0.11"] },
    reserved: ["10.1.0.11"],
    maxRecords: 1,
    metadata: { generation: 9, deletionTimestamp: "2026-01-01T00:00:00Z" },
    taken: ["10.1.0.11=A"],
    requests: [claim("A")],
    want: ["10.1.0.11 existing"],
  },
  {
    name: "row 48: the own record without an endpoint",
    taken: ["10.1.0.11=A"],
    requests: [claim("A")],
    want: ["10.1.0.11 existing"],
  },
  {
    name: "row 49: a key that is no address is left alone, and counts",
    maxRecords: 2,
    taken: ["bogus=X"],
    requests: [claim("A"), claim("B")],
    want: ["10.1.0.10", "refused record-limit"],
    records: ["10.1.0.10=A", "bogus=X"],
  },
  {
    name: "ipam row 62: two NICs on one pool get two addresses, and get them again",
    requests: [claim("A"), claim("A", { nic: "net1" }), claim("A"), claim("A", { nic: "net1" })],
    want: ["10.1.0.10", "10.1.0.11", "10.1.0.10 existing", "10.1.0.11 existing"],
    records: ["10.1.0.10=A", "10.1.0.11=A/net1"],
  },
  {
    name: "a record that lost its NIC belongs to the NIC whose endpoint wants it",
    taken: ["10.1.0.10=A", "10.1.0.11=A"],
    requests: [
      claim("A", { nic: "net1", want: "10.1.0.11", otherNics: ["10.1.0.10"] }),
      claim("A", { otherNics: ["10.1.0.11"] }),
    ],
    want: ["10.1.0.11 existing", "10.1.0.10 existing"],
  },
  {
    name: "a record that lost its NIC is not eth0's when another NIC holds it",
    taken: ["10.1.0.10=A"],
    requests: [claim("A", { otherNics: ["10.1.0.10"] })],
    want: ["10.1.0.11"],
    records: ["10.1.0.10=A", "10.1.0.11=A"],
  },
  {
    name: "a record that lost its NIC is not given to two NICs, also when both want it",
    taken: ["10.1.0.10=A"],
    requests: [claim("A", { want: "10.1.0.10" }), claim("A", { nic: "net1", want: "10.1.0.10" })],
    want: ["10.1.0.10 existing", "10.1.0.11"],
    records: ["10.1.0.10=A", "10.1.0.11=A/net1"],
  },
  {
    name: "a record that names another NIC is not given, even when wanted",
    taken: ["10.1.0.10=A/net1"],
    requests: [claim("A", { want: "10.1.0.10" })],
    want: ["10.1.0.11"],
    records: ["10.1.0.10=A/net1", "10.1.0.11=A"],
  },
  {
    name: "the wanted one of two own records",
    taken: ["10.1.0.10=A", "10.1.0.11=A"],
    requests: [claim("A", { want: "10.1.0.11" })],
    want: ["10.1.0.11 existing, leftovers"],
  },
  {
    name: "an address that the Pod's other NIC holds unrecorded is not taken",
    requests: [claim("A", { want: "10.1.0.10", otherNics: ["10.1.0.10", "fd00::1", "x"] })],
    want: ["10.1.0.11"],
    records: ["10.1.0.11=A"],
  },
  {
    name: "the wanted address, when free",
    requests: [claim("A", { want: "10.1.0.12" })],
    want: ["10.1.0.12"],
    records: ["10.1.0.12=A"],
  },
  {
    name: "another one when the wanted is taken",
    taken: ["10.1.0.12=B"],
    requests: [claim("A", { want: "10.1.0.12" })],
    want: ["10.1.0.10"],
    records: ["10.1.0.10=A", "10.1.0.12=B"],
  },
  {
    name: "another one when the wanted is excluded, reserved or not in the pool",
    spec: { excludeIPs: ["10.1.0.12"] },
    reserved: ["10.1.0.11"],
    requests: ["10.1.0.12", "10.1.0.11", "10.9.9.9", "::a01:b"].map((want) => claim(`A${want}`, { want })),
    want: ["10.1.0.10", "refused used-out", "refused used-out", "refused used-out"],
    records: ["10.1.0.10=A10.1.0.12"],
  },
  {
    name: "the number of a wanted IPv6 address means nothing in an IPv4 pool",
    requests: [claim("A", { want: "::a01:c" })],
    want: ["10.1.0.10"],
    records: ["10.1.0.10=A"],
  },
  {
    name: "a fixed address from the former UID, also in a disabled pool",
    spec: { disable: true },
    taken: ["10.1.0.10=old"],
    requests: [claim("new", { pod: "ns/old", want: "10.1.0.10", formerUid: "old" })],
    want: ["10.1.0.10 existing"],
    records: ["10.1.0.10=new"],
  },
  {
    name: "a fixed address that an incarnation in between re-owned is named, not passed over",
    taken: ["10.1.0.10=between"],
    requests: [claim("new", { pod: "ns/between", want: "10.1.0.10", formerUid: "old" })],
    want: ["other-incarnation between"],
  },
  {
    name: "records whose NIC upstream dropped are told of, also by a refusal",
    spec: { ips: ["10.1.0.10-10.1.0.11"] },
    taken: ["10.1.0.10=A", "10.1.0.11=A"],
    requests: [claim("A"), claim("A", { nic: "net1" })],
    want: ["10.1.0.10 existing, leftovers", "refused used-out, leftovers"],
  },
  {
    name: "no former record of another NIC, or without a wish",
    taken: ["10.1.0.10=old/net1", "10.1.0.11=old"],
    spec: { ips: ["10.1.0.10-10.1.0.11"] },
    requests: [
      claim("new", { pod: "ns/old", want: "10.1.0.10", formerUid: "old" }),
      claim("new", { pod: "ns/old", formerUid: "old" }),
      claim("new", { pod: "ns/old", want: "10.1.0.11" }),
    ],
    want: Array(3).fill("refused used-out"),
  },
  {
    name: "ipam row 80: nothing for a name whose address is recorded for another one",
    taken: ["10.1.0.11=old"],
    requests: [claim("new", { pod: "ns/other", want: "10.1.0.11", formerUid: "old" })],
    want: ["refused record-of-other"],
  },
  {
    name: "ownOnly takes nothing",
    taken: ["10.1.0.11=A"],
    requests: [claim("B", { ownOnly: true, want: "10.1.0.10", formerUid: "A" }), claim("A", { ownOnly: true })],
    want: ["none", "10.1.0.11 existing"],
  },
  {
    name: "stale: another generation or another pool of that name",
    metadata: { generation: 2 },
    requests: [claim("A"), claim("A", { generation: 3 }), claim("A", { generation: 2, poolUid: "former" })],
    want: ["stale", "stale", "stale"],
  },
  {
    name: "stale before anything else is judged",
    spec: { disable: true },
    metadata: { generation: 2 },
    requests: [claim("A")],
    want: ["stale"],
  },
  {
    name: "nothing from a pool that goes",
    metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" },
    requests: [claim("A")],
    want: ["refused terminating"],
  },
  { name: "nothing from a disabled pool", spec: { disable: true }, requests: [claim("A")], want: ["refused disabled"] },
  {
    name: "nothing while an exclusion cannot be read",
    spec: { excludeIPs: ["10.1.0.10 - 10.1.0.11"] },
    requests: [claim("A")],
    want: ["refused spec-unreadable"],
  },
  {
    name: "from what can be read of the ranges",
    spec: { ips: ["x", "10.1.0.10"] },
    requests: [claim("A"), claim("B")],
    want: ["10.1.0.10", "refused used-out"],
    records: ["10.1.0.10=A"],
  },
  {
    name: "no more than the limit of bytes, and less when there is room again",
    maxBytes: 100,
    taken: ["10.1.0.10=A"],
    requests: [claim("B"), claim("C"), release("A")],
    want: ["10.1.0.11", "refused record-size", "released 10.1.0.10"],
    records: ["10.1.0.11=B"],
  },
  {
    name: "compare-and-delete by UID, addresses and what stays",
    taken: ["10.1.0.10=A", "10.1.0.11=A", "10.1.0.12=B"],
    requests: [
      release("A", { addresses: ["10.1.0.12", "10.1.0.11", "10.1.0.10"], keep: ["10.1.0.10"] }),
      release("C"),
      release("B", { addresses: [] }),
    ],
    want: ["released 10.1.0.11", "released", "released"],
    records: ["10.1.0.10=A", "10.1.0.12=B"],
  },
  {
    name: "a claim after the release of its UID",
    taken: ["10.1.0.11=A"],
    requests: [release("A"), claim("A")],
    want: ["released 10.1.0.11", "10.1.0.10"],
    records: ["10.1.0.10=A"],
  },
  {
    name: "a release before a claim of its UID, whatever the order: it may be a repetition",
    requests: [claim("A", { nic: "net1" }), release("A", { addresses: ["10.1.0.10"] })],
    want: ["10.1.0.10", "released"],
    records: ["10.1.0.10=A/net1"],
  },
  {
    name: "one address for one identity that asks twice",
    requests: [claim("A"), claim("A")],
    want: ["10.1.0.10", "10.1.0.10 existing"],
    records: ["10.1.0.10=A"],
  },
  { name: "nothing for nobody", requests: [], want: [] },
];
for (const { name, ...test } of cases) {
  Deno.test(`planBatch(): ${name}`, () => {
    const pool = poolViewOf(
      poolObject(test.spec, { ...test.metadata, status: { allocatedIPs: encode(test.taken ?? []) } }),
    );
    const reserved = AddressSet.of(4, (test.reserved ?? []).map(parseRange));
    const { maxRecords = 5000, maxBytes = 1_300_000 } = test;
    const plan = planBatch(pool, test.requests, { reserved, maxRecords, maxBytes, nowMs: NOW_MS });
    assert.deepEqual(plan.outcomes.map(say), test.want);
    assert.deepEqual(decode(plan.records.encode()), [...(test.records ?? test.taken ?? [])].sort());
    assert.equal(plan.records === pool.records, test.records === undefined, "the same records mean: nothing to write");
  });
}

Deno.test("planBatch() writes upstream's members first, our own after them, and no nic for eth0", () => {
  const pool = poolViewOf(poolObject());
  const limits = { reserved: AddressSet.empty(4), maxRecords: 5000, maxBytes: 1_300_000, nowMs: NOW_MS };
  const { records } = planBatch(pool, [claim("A"), claim("A", { nic: "net1" })], limits);
  assert.equal(
    records.encode(),
    '{"10.1.0.10":{"pod":"ns/A","podUid":"A","node":"n1"},"10.1.0.11":{"pod":"ns/A","podUid":"A","nic":"net1","node":"n1"}}',
  );
});

const details = [
  { name: "how many there are", spec: {}, reserved: [], want: "3 usable" },
  {
    name: "how many are reserved",
    spec: {},
    reserved: ["10.1.0.11"],
    want: "2 usable, 1 more set aside by SpiderReservedIPs",
  },
  {
    name: "what cannot be read",
    spec: { ips: ["10.1.0.10", "x"] },
    reserved: [],
    want: '1 usable, spec.ips cannot be read: ["x"]',
  },
];
for (const { name, spec, reserved, want } of details) {
  Deno.test(`planBatch() says of a full pool ${name}`, () => {
    const taken = ["10.1.0.10=X", "10.1.0.11=X", "10.1.0.12=X"];
    const pool = poolViewOf(poolObject(spec, { status: { allocatedIPs: encode(taken) } }));
    const limits = {
      reserved: AddressSet.of(4, reserved.map(parseRange)),
      maxRecords: 5000,
      maxBytes: 1_300_000,
      nowMs: NOW_MS,
    };
    const [outcome] = planBatch(pool, [claim("A")], limits).outcomes;
    assert.deepEqual(outcome, { kind: "refused", reason: { code: "used-out", detail: want } });
  });
}

Deno.test("planBatch() finds the last address of a /8 and of a /48", () => {
  const wide = [
    { subnet: "10.0.0.0/8", ips: "10.0.0.0-10.255.255.255", used: "10.0.0.0-10.255.255.254", want: "10.255.255.255" },
    {
      subnet: "fd00::/48",
      ips: "fd00::-fd00:0:0:ffff:ffff:ffff:ffff:ffff",
      used: "fd00::-fd00:0:0:ffff:ffff:ffff:ffff:fffe",
      want: "fd00::ffff:ffff:ffff:ffff:ffff",
    },
  ];
  for (const { subnet, ips, used, want } of wide) {
    const pool = poolViewOf(poolObject({ subnet, ips: [ips] }));
    const reserved = AddressSet.of(pool.shape.family, [parseRange(used)]);
    const { outcomes } = planBatch(pool, [claim("A")], {
      reserved,
      maxRecords: 5000,
      maxBytes: 1_300_000,
      nowMs: NOW_MS,
    });
    assert.deepEqual(outcomes.map(say), [want]);
  }
});

interface ClaimFields {
  readonly pod?: string;
  readonly nic?: string;
  readonly want?: string;
  readonly otherNics?: readonly string[];
  readonly formerUid?: string;
  readonly ownOnly?: boolean;
  readonly generation?: number;
  readonly poolUid?: string;
}

function claim(podUid: string, { pod = `ns/${podUid}`, nic = "eth0", want, ...rest }: ClaimFields = {}): ClaimRequest {
  return {
    kind: "claim",
    pool: "p",
    generation: 1,
    poolUid: "pool-uid",
    identity: { pod, podUid, nic, node: "n1" },
    ...(want !== undefined && { want: parseAddress(want) }),
    ...rest,
  };
}

function release(podUid: string, rest: Pick<ReleaseRequest, "addresses" | "keep"> = {}): ReleaseRequest {
  return { kind: "release", pool: "p", podUid, ...rest };
}

function say(outcome: PoolOutcome): string {
  return `${sayVerdict(outcome)}${"hasLeftovers" in outcome ? ", leftovers" : ""}`;
}

function sayVerdict(outcome: PoolOutcome): string {
  switch (outcome.kind) {
    case "other-incarnation":
      return `${outcome.kind} ${outcome.podUid}`;
    case "claimed":
      return `${formatAddress(outcome.address)}${outcome.existing ? " existing" : ""}`;
    case "refused":
      return `refused ${outcome.reason.code}`;
    case "released":
      return ["released", ...outcome.addresses].join(" ");
    case "quarantined":
      return ["quarantined", ...outcome.addresses.map(({ address }) => address)].join(" ");
    default:
      return outcome.kind;
  }
}

function encode(taken: readonly string[]): string {
  const records = taken.map((text) => {
    const [address = "", podUid = "", nic] = text.split(/[=/]/);
    return [address, { pod: `ns/${podUid}`, podUid, ...(nic !== undefined && { nic }) }];
  });
  return JSON.stringify(Object.fromEntries(records));
}

function decode(text: string | undefined): string[] {
  const records: Record<string, { podUid: string; nic?: string }> = JSON.parse(text ?? "{}");
  return Object.entries(records).map(([address, { podUid, nic }]) =>
    `${address}=${podUid}${nic === undefined ? "" : `/${nic}`}`
  ).sort();
}
