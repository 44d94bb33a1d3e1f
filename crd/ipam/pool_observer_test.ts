import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { KubeApiError, KubeTimeoutError } from "../kube/errors.ts";
import { LocalPoolClaims } from "./claims.ts";
import { type PoolObserver, writeOutcomeOf } from "./pool_observer.ts";
import { loseRelease } from "./lost_write_fixture.ts";
import { claimOf, one, settled, writerFixture } from "./writer_fixture.ts";

/** An observer that keeps what it is told, in words. */
function listener(): { readonly observer: PoolObserver; readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    observer: {
      queued: (request) => void told.push(`queued ${request.kind}`),
      taken: (requests) => void told.push(`taken ${requests.length}`),
      wrote: ({ pool, requests, outcome }) => void told.push(`wrote ${pool} ${requests.length} ${outcome}`),
    },
  };
}

Deno.test("PoolWriter tells its observer what is queued, taken and written", async () => {
  const { observer, told } = listener();
  const pool = writerFixture({ observer });
  await Promise.all([pool.claim("A"), pool.claim("B")]);
  await pool.release("A");
  const first = ["queued claim", "queued claim", "taken 2", "wrote p 2 done"];
  assert.deepEqual(told, [...first, "queued release", "taken 1", "wrote p 1 done"]);
});

Deno.test("PoolWriter tells its observer of a conflict, and of the write that follows", async () => {
  const { observer, told } = listener();
  const { clock, ...pool } = writerFixture({ observer });
  await pool.claim("A");
  const other = writerFixture({ store: pool.store });
  await settled(other.writer.claim(claimOf("X"), pool.options()));
  told.length = 0;
  const claimed = pool.claim("B");
  await clock.run(20);
  await claimed;
  assert.deepEqual(told, ["queued claim", "taken 1", "wrote p 1 conflict", "taken 1", "wrote p 1 done"]);
});

Deno.test("PoolWriter tells its observer of a write that only gives records their spelling again", async () => {
  const { observer, told } = listener();
  const pool = writerFixture({ records: one, observer });
  await loseRelease(pool, "A");
  told.length = 0;
  assert.equal(await pool.claim("A"), "10.1.0.1 existing");
  await pool.clock.run(1);
  assert.deepEqual(told, ["queued claim", "taken 1", "wrote p 1 done", "wrote p 0 done"]);
  assert.equal(pool.store.get("p").status?.allocatedIPs, one);
});

for (
  const [err, want] of [
    [new KubeApiError({ status: 409, reason: "Conflict", message: "m", request: "PUT p" }), "conflict"],
    [new KubeApiError({ status: 403, reason: "Forbidden", message: "m", request: "PUT p" }), "refused"],
    [new KubeApiError({ status: 503, reason: "ServiceUnavailable", message: "m", request: "PUT p" }), "unknown"],
    [new KubeTimeoutError("PUT p", 10), "unknown"],
  ] as const
) Deno.test(`writeOutcomeOf() takes ${err.message} for ${want}`, () => assert.equal(writeOutcomeOf(err), want));

Deno.test("LocalPoolClaims.states() tells of each pool what was seen last, and whether a watch saw a newer one", async () => {
  const { store, clock, options } = writerFixture();
  const usual = { store, clock, random: () => 0.5, log: silentLog, reserved: AddressSet.empty, maxRecords: 10 };
  const claims = new LocalPoolClaims(usual);
  assert.deepEqual(claims.states(), []);
  await claims.claim(claimOf("A"), options());
  const states = () => claims.states().map(({ pool, view, ...rest }) => ({ pool, used: view?.records.size, ...rest }));
  assert.deepEqual(states(), [{ pool: "p", used: 1, isCurrent: true, waiting: 0 }]);
  claims.observe("p", "999999");
  assert.deepEqual(states(), [{ pool: "p", used: 1, isCurrent: false, waiting: 0 }]);
  await clock.run(1); // the writer rests
  claims.forget("p");
  assert.deepEqual(claims.states(), []);
});
