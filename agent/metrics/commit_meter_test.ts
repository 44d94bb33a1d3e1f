import assert from "node:assert/strict";
import type { ClaimRequest, ReleaseRequest } from "../../crd/ipam/requests.ts";
import { MeterBench } from "./meter_fixture.ts";

function claim(podUid: string): ClaimRequest {
  const identity = { pod: `ns1/${podUid}`, podUid, nic: "eth0", node: "n1" };
  return { kind: "claim", pool: "v4", generation: 1, poolUid: "u", identity };
}

function release(podUid: string): ReleaseRequest {
  return { kind: "release", pool: "v4", podUid };
}

Deno.test("agent rows 12.3, 12.7, operations rows 1.3.3, 1.3.14: a conflict counts for claims, for releases, or for both, once a write", async () => {
  const bench = await MeterBench.open();
  const { poolObserver: observer } = bench.metrics;
  const writes = [[claim("a"), claim("b")], [release("a")], [claim("a"), release("b")], []];
  for (const requests of writes) observer.wrote({ pool: "v4", requests, outcome: "conflict" });
  const seen = await bench.scrape();
  assert.equal(seen.value("spiderpool_ipam_allocation_update_ippool_conflict_counts_total"), 2);
  assert.equal(seen.value("spiderpool_ipam_release_update_ippool_conflict_counts_total"), 2);
  assert.equal(seen.value('spiderpool_ippool_commits_total{outcome="conflict"}'), 4);
  assert.equal(seen.value("spiderpool_ippool_commit_claims_count"), 0);
});

Deno.test("commitMeter() counts writes by outcome, and the claims of those that were done", async () => {
  const bench = await MeterBench.open();
  const { poolObserver: observer } = bench.metrics;
  observer.wrote({ pool: "v4", requests: [claim("a"), claim("b"), release("c")], outcome: "done" });
  for (const outcome of ["refused", "unknown"] as const) observer.wrote({ pool: "v4", requests: [], outcome });
  const seen = await bench.scrape();
  for (const outcome of ["done", "refused", "unknown"]) {
    assert.equal(seen.value(`spiderpool_ippool_commits_total{outcome="${outcome}"}`), 1);
  }
  assert.equal(seen.value("spiderpool_ippool_commit_claims_sum"), 2);
});

Deno.test("agent rows 12.6, 12.7, operations rows 1.3.10, 1.3.11, 1.3.19, 1.3.20: the wait for a write is timed once, until a request is first worked on", async () => {
  const bench = await MeterBench.open();
  const { poolObserver: observer } = bench.metrics;
  const [one, other] = [claim("a"), release("b")];
  observer.queued(one);
  bench.nowMs = 10;
  observer.queued(other);
  bench.nowMs = 30;
  observer.taken([one, other]);
  bench.nowMs = 500;
  observer.taken([one, other]); // the write failed: they come again
  const seen = await bench.scrape();
  for (const [kind, seconds] of [["allocation", 0.03], ["release", 0.02]] as const) {
    assert.equal(seen.value(`spiderpool_ipam_${kind}_limit_duration_seconds_count`), 1);
    assert.equal(seen.value(`spiderpool_ipam_${kind}_max_limit_duration_seconds`), seconds);
    assert.equal(seen.value(`spiderpool_ipam_${kind}_min_limit_duration_seconds`), seconds);
  }
});
