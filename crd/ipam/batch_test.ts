import assert from "node:assert/strict";
import { planBatch } from "./batch.ts";
import { claim, limitsOf, release, testBatches } from "./batch_fixture.ts";
import { poolObject } from "./fake_pool_store.ts";
import { poolViewOf } from "./pool_view.ts";

testBatches([
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
    name: "row 49: a key that is no address is left alone, and counts",
    maxRecords: 2,
    taken: ["bogus=X"],
    requests: [claim("A"), claim("B")],
    want: ["10.1.0.10", "refused record-limit"],
    records: ["10.1.0.10=A", "bogus=X"],
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
  { name: "nothing for nobody", requests: [], want: [] },
]);

Deno.test("planBatch() writes upstream's members first, our own after them, and no nic for eth0", () => {
  const pool = poolViewOf(poolObject());
  const { records } = planBatch(pool, [claim("A"), claim("A", { nic: "net1" })], limitsOf());
  assert.equal(
    records.encode(),
    '{"10.1.0.10":{"pod":"ns/A","podUid":"A","node":"n1"},"10.1.0.11":{"pod":"ns/A","podUid":"A","nic":"net1","node":"n1"}}',
  );
});
