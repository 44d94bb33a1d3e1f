import assert from "node:assert/strict";
import { TokenBucket } from "./token_bucket.ts";

/** A bucket, and the time that it goes by. */
function bucketFixture(options: { burst: number; perSecond: number }) {
  const at = { nowMs: 0 };
  return { at, bucket: new TokenBucket({ ...options, monotonic: () => at.nowMs }) };
}

Deno.test("TokenBucket gives its burst, then so much a second, and never more than its burst", () => {
  const { at, bucket } = bucketFixture({ burst: 3, perSecond: 2 });
  const taken = (tries: number) => Array.from({ length: tries }, () => bucket.take()).filter(Boolean).length;
  assert.equal(taken(10), 3);
  at.nowMs += 1_000;
  assert.equal(taken(10), 2);
  at.nowMs += 3_600_000;
  assert.equal(taken(10), 3);
});

for (const perSecond of [0.3, 1, 2, 3, 7, 1000]) {
  Deno.test(`TokenBucket: after the wait that it tells there is one (${perSecond} a second)`, () => {
    const { at, bucket } = bucketFixture({ burst: 1, perSecond });
    assert.equal(bucket.waitMs, 0);
    for (let i = 0; i < 100; i++) {
      assert.ok(bucket.take());
      assert.ok(!bucket.take());
      assert.ok(bucket.waitMs > 0);
      at.nowMs += bucket.waitMs;
    }
  });
}
