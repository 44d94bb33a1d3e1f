import assert from "node:assert/strict";
import { IpamError } from "../../crd/ipam/errors.ts";
import type { IpamService } from "../api/mod.ts";
import { MeterBench } from "./meter_fixture.ts";

const add = { containerID: "c", ifName: "eth0", netNamespace: "n", podNamespace: "ns1", podName: "p", podUID: "u" };
const del = { containerID: "c", ifName: "eth0", podNamespace: "ns1", podName: "p", podUID: "u" };
const signal = new AbortController().signal;

/** A service each of whose calls takes `ms` and then does what `outcome` says. */
function serviceOf(bench: MeterBench, outcome: () => Promise<unknown>, ms = 0): IpamService {
  const call = async () => {
    bench.nowMs += ms;
    return await outcome() as never;
  };
  return { add: call, release: call, releaseBatch: call, explain: call, endpoint: call };
}

async function runs(
  requests: readonly { readonly ms: number; readonly err?: Error; readonly isGone?: boolean }[],
  call: (service: IpamService, signal: AbortSignal) => Promise<unknown>,
): Promise<MeterBench> {
  const bench = await MeterBench.open();
  for (const { ms, err, isGone = false } of requests) {
    const outcome = () => err === undefined ? Promise.resolve({}) : Promise.reject(err);
    const caller = isGone ? AbortSignal.abort() : signal;
    await call(bench.metrics.service(serviceOf(bench, outcome, ms)), caller).catch((thrown) =>
      assert.equal(thrown, err)
    );
  }
  return bench;
}

const A = "spiderpool_ipam_allocation";
const R = "spiderpool_ipam_release";

Deno.test("agent rows 12.1, 12.2, 12.4, 12.5, operations rows 1.3.1, 1.3.2, 1.3.6, 1.3.8, 1.3.9: ADDs are counted, with failures, classes and all five times", async () => {
  const late = new IpamError("retries-exhausted", "late");
  const requests = [{ ms: 4 }, { ms: 200, err: late }, { ms: 6, err: late, isGone: true }];
  const bench = await runs(requests, (service, caller) => service.add(add, caller));
  const seen = await bench.scrape();
  const want: Readonly<Record<string, number>> = {
    [`${A}_counts_total`]: 3,
    [`${A}_failure_counts_total`]: 2,
    [`${A}_err_retries_exhausted_counts_total`]: 1,
    [`${A}_err_cancelled_counts_total`]: 1,
    [`${A}_err_internal_counts_total`]: 0,
    [`${A}_max_duration_seconds`]: 0.2,
    [`${A}_min_duration_seconds`]: 0.004,
    [`${A}_latest_duration_seconds`]: 0.006,
    [`${A}_average_duration_seconds`]: 0.07,
    [`${A}_duration_seconds_count`]: 3,
    [`${A}_duration_seconds_sum`]: 0.21,
    [`${A}_duration_seconds_bucket{le="0.005"}`]: 1,
    [`${A}_duration_seconds_bucket{le="0.01"}`]: 2,
    [`${A}_duration_seconds_bucket{le="0.3"}`]: 3,
    [`${R}_counts_total`]: 0,
  };
  for (const [series, value] of Object.entries(want)) {
    const got = seen.value(series) ?? NaN;
    assert.ok(Math.abs(got - value) < 1e-9, `${series} is ${got}, not ${value}`);
  }
});

Deno.test("operations row 1.1.8: before the first request all counts are 0, and there is no shortest time", async () => {
  const seen = await (await MeterBench.open()).scrape();
  for (const kind of [A, R]) {
    assert.equal(seen.value(`${kind}_counts_total`), 0);
    assert.equal(seen.value(`${kind}_failure_counts_total`), 0);
    assert.equal(seen.value(`${kind}_max_duration_seconds`), 0);
    assert.equal(seen.value(`${kind}_min_duration_seconds`), undefined);
    assert.equal(seen.value(`${kind}_min_limit_duration_seconds`), undefined);
  }
});

Deno.test("operations row 1.1.9: counts are those of one process: the next one begins with 0", async () => {
  const before = await runs([{ ms: 4 }, { ms: 5 }], (service, caller) => service.add(add, caller));
  assert.equal((await before.scrape()).value(`${A}_counts_total`), 2);
  const after = await (await MeterBench.open()).scrape();
  assert.deepEqual([after.value(`${A}_counts_total`), after.value(`${A}_duration_seconds_count`)], [0, 0]);
});

for (const name of ["release", "releaseBatch"] as const) {
  Deno.test(`agent row 12.7, operations rows 1.3.12, 1.3.13, 1.3.15, 1.3.16: ${name}() is counted as a release`, async () => {
    const errors = [new IpamError("retries-exhausted", "late"), new Error("broken")];
    const requests = [{ ms: 1 }, ...errors.map((err) => ({ ms: 1, err }))];
    const bench = await runs(requests, (service, caller) => service[name](del, caller));
    const seen = await bench.scrape();
    const got = ["counts", "failure_counts", "err_internal_counts", "err_retries_exhausted_counts"].map((part) =>
      seen.value(`${R}_${part}_total`)
    );
    assert.deepEqual(got, [3, 2, 1, 1]);
    assert.equal(seen.value(`${A}_counts_total`), 0);
  });
}

Deno.test("measuredService() hands other questions on, uncounted", async () => {
  const bench = await MeterBench.open();
  const service = bench.metrics.service(serviceOf(bench, () => Promise.resolve("answer")));
  assert.equal(await service.endpoint({ namespace: "ns1", name: "p" }, signal), "answer");
  assert.equal((await bench.scrape()).value(`${A}_counts_total`), 0);
});
