import assert from "node:assert/strict";
import { planBatch } from "./batch.ts";
import { claim, limitsOf, release } from "./batch_fixture.ts";
import { poolObject } from "./fake_pool_store.ts";
import { outcomeText } from "./outcome_fixture.ts";
import { poolViewOf } from "./pool_view.ts";
import type { PoolRecord } from "./record.ts";
import type { PoolOutcome, PoolRequest, QuarantineRequest } from "./requests.ts";

const DAY_MS = 86_400_000;

interface Case {
  readonly name: string;
  readonly taken?: Readonly<Record<string, PoolRecord>>;
  readonly requests: readonly PoolRequest[];
  readonly maxRecords?: number;
  readonly terminating?: true;
  readonly want: readonly string[];
  /** `pod podUid` by address afterwards; as before when absent. */
  readonly records?: Readonly<Record<string, string>>;
}

const aOf10: Readonly<Record<string, PoolRecord>> = { "10.1.0.10": { pod: "ns/A", podUid: "A", node: "n9" } };
const setAside = "ns/A/quarantine quarantine:2026-01-01T00:10:00Z";
const over = { pod: "ns/X/quarantine", podUid: "quarantine:2025-12-31T23:59:00Z" };
const running = { pod: "ns/X/quarantine", podUid: "quarantine:2026-01-01T00:00:01Z" };

const cases: Case[] = [
  {
    name: "puts a quarantine in the place of the attachment's record, and gives the attachment another address",
    taken: aOf10,
    requests: [claim("A"), quarantine("A", ["10.1.0.10"])],
    want: ["10.1.0.11", "quarantined 10.1.0.10 until 2026-01-01T00:10:00.000Z"],
    records: { "10.1.0.10": setAside, "10.1.0.11": "ns/A A" },
  },
  {
    name: "leaves alone what is another Pod's, another NIC's, nobody's or no address of the pool",
    taken: {
      "10.1.0.10": { pod: "ns/B", podUid: "B" },
      "10.1.0.11": { pod: "ns/A", podUid: "A", nic: "net1" },
    },
    requests: [quarantine("A", ["10.1.0.10", "10.1.0.11", "10.1.0.12", "10.9.9.9", "x"])],
    want: ["quarantined"],
  },
  {
    name: "compares with the UID, not with the name",
    taken: { "10.1.0.10": { pod: "ns/A", podUid: "former" } },
    requests: [quarantine("A", ["10.1.0.10"])],
    want: ["quarantined"],
  },
  {
    name: "says of a repetition what the first try did, and does not prolong it",
    taken: { "10.1.0.10": { pod: "ns/A/quarantine", podUid: "quarantine:2026-01-01T00:03:00Z" } },
    requests: [quarantine("A", ["10.1.0.10"])],
    want: ["quarantined 10.1.0.10 until 2026-01-01T00:03:00.000Z"],
  },
  {
    name: "never lasts longer than a day",
    taken: aOf10,
    requests: [quarantine("A", ["10.1.0.10"], { forMs: 30 * DAY_MS })],
    want: ["quarantined 10.1.0.10 until 2026-01-02T00:00:00.000Z"],
    records: { "10.1.0.10": "ns/A/quarantine quarantine:2026-01-02T00:00:00Z" },
  },
  {
    name: "is not given to its own Pod again, even when that wants it",
    taken: { "10.1.0.10": { pod: "ns/A/quarantine", podUid: "quarantine:2026-01-01T00:03:00Z" } },
    requests: [{
      ...claim("A"),
      want: { family: 4, value: 0x0a01000an },
      formerUid: "quarantine:2026-01-01T00:03:00Z",
    }],
    want: ["10.1.0.11"],
    records: { "10.1.0.10": "ns/A/quarantine quarantine:2026-01-01T00:03:00Z", "10.1.0.11": "ns/A A" },
  },
  {
    name: "is offered to nobody, also when it lasts for ever",
    taken: { "10.1.0.10": running, "10.1.0.11": { pod: "ns/X/quarantine", podUid: "quarantine:" } },
    requests: [claim("B"), claim("C")],
    want: ["10.1.0.12", "refused 3 usable, 2 of them quarantined until 2026-01-01T00:00:01Z after a conflict"],
    records: {
      "10.1.0.10": "ns/X/quarantine quarantine:2026-01-01T00:00:01Z",
      "10.1.0.11": "ns/X/quarantine quarantine:",
      "10.1.0.12": "ns/B B",
    },
  },
  {
    name: "goes, once over, with the next write for whatever reason",
    taken: { ...aOf10, "10.1.0.11": over, "10.1.0.12": running },
    requests: [release("A")],
    want: ["released 10.1.0.10"],
    records: { "10.1.0.12": "ns/X/quarantine quarantine:2026-01-01T00:00:01Z" },
  },
  {
    name: "causes no write of its own, once over, while there is another address",
    taken: { ...aOf10, "10.1.0.11": over },
    requests: [claim("A")],
    want: ["10.1.0.10 existing"],
  },
  {
    name: "is no reason to refuse once it is over: every address taken",
    taken: { ...aOf10, "10.1.0.11": over, "10.1.0.12": running },
    requests: [claim("B"), claim("C")],
    want: ["10.1.0.11", "refused 3 usable, 1 of them quarantined until 2026-01-01T00:00:01Z after a conflict"],
    records: { "10.1.0.10": "ns/A A", "10.1.0.11": "ns/B B", "10.1.0.12": `${running.pod} ${running.podUid}` },
  },
  {
    name: "is no reason to refuse once it is over: the limit of records",
    taken: { ...aOf10, "10.1.0.11": over },
    maxRecords: 2,
    requests: [claim("B")],
    want: ["10.1.0.12"],
    records: { "10.1.0.10": "ns/A A", "10.1.0.12": "ns/B B" },
  },
  {
    name: "goes with any write when the pool is being deleted: it would hold the pool for ever",
    taken: { ...aOf10, "10.1.0.11": running },
    terminating: true,
    requests: [release("A")],
    want: ["released 10.1.0.10"],
    records: {},
  },
  {
    name: "can be freed as a record of its own UID: that is how garbage collection does it",
    taken: { "10.1.0.11": over, "10.1.0.12": over },
    requests: [{ ...release(over.podUid), addresses: ["10.1.0.11"] }],
    want: ["released 10.1.0.11"],
    records: {},
  },
];
for (const { name, taken = {}, requests, maxRecords = 5000, terminating, want, records } of cases) {
  Deno.test(`planBatch(): a quarantine ${name}`, () => {
    const object = poolObject({}, { status: { allocatedIPs: JSON.stringify(taken) } });
    const pool = { ...poolViewOf(object), ...(terminating && { terminating: "2026-01-01T00:00:00Z" }) };
    const plan = planBatch(pool, requests, limitsOf({ maxRecords }));
    assert.deepEqual(plan.outcomes.map(say), want);
    const said = Object.fromEntries(
      [...plan.records.entries()].map(({ key, record: { pod, podUid } }) => [key, `${pod} ${podUid}`]),
    );
    if (records === undefined) assert.equal(plan.records, pool.records, "nothing is written");
    else assert.deepEqual(said, records);
  });
}

function quarantine(podUid: string, addresses: readonly string[], { forMs = 600_000 } = {}): QuarantineRequest {
  const { identity } = claim(podUid);
  return { kind: "quarantine", pool: "p", identity, addresses: addresses.map((address) => ({ address })), forMs };
}

function say(outcome: PoolOutcome): string {
  if (outcome.kind === "quarantined") return ["quarantined", ...outcome.addresses.map(sayQuarantined)].join(" ");
  const hasDetail = outcome.kind === "refused" && "detail" in outcome.reason;
  return hasDetail ? `refused ${outcome.reason.detail}` : outcomeText(outcome);
}

function sayQuarantined({ address, expiresMs }: { address: string; expiresMs?: number }): string {
  return `${address} until ${expiresMs === undefined ? "further notice" : new Date(expiresMs).toISOString()}`;
}
