import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import { CommitterTime } from "./committer_time.ts";

function atTime(startMs = 0) {
  const own = { nowMs: startMs };
  return { own, time: new CommitterTime(() => own.nowMs) };
}

Deno.test("CommitterTime knows nothing before an answer, and after it was told to forget", () => {
  const { time } = atTime();
  assert.deepEqual([time.epoch, time.limitAt(100)], [undefined, undefined]);
  time.learn({ epoch: "e", nowMs: 5 });
  assert.equal(time.epoch, "e");
  time.forget();
  assert.deepEqual([time.epoch, time.limitAt(100)], [undefined, undefined]);
});

Deno.test("CommitterTime sets a limit a little before the time that it is to have passed at", () => {
  const { own, time } = atTime(1_000);
  time.learn({ epoch: "e", nowMs: 50_000 });
  own.nowMs = 2_000;
  assert.deepEqual(time.limitAt(3_000), { epoch: "e", notAfterMs: 50_000 + 1_998 });
});

Deno.test("CommitterTime keeps the reading that says most within an epoch", () => {
  const { own, time } = atTime();
  time.learn({ epoch: "e", nowMs: 1_000 });
  own.nowMs = 500;
  time.learn({ epoch: "e", nowMs: 1_100 }); // was on its way for long
  assert.equal(time.limitAt(1_000)?.notAfterMs, 1_999);
  own.nowMs = 600;
  time.learn({ epoch: "e", nowMs: 1_700 });
  assert.equal(time.limitAt(1_000)?.notAfterMs, 2_099);
});

Deno.test("CommitterTime takes a new epoch's clock over, whatever it shows", () => {
  const { time } = atTime();
  time.learn({ epoch: "e", nowMs: 1_000_000 });
  time.learn({ epoch: "f", nowMs: 3 });
  assert.deepEqual(time.limitAt(0), { epoch: "f", notAfterMs: 3 });
});

Deno.test("CommitterTime does not trust what it learned more than a minute ago", () => {
  const { own, time } = atTime();
  time.learn({ epoch: "e", nowMs: 0 });
  own.nowMs = 60_000;
  assert.notEqual(time.limitAt(61_000), undefined);
  own.nowMs = 60_001;
  assert.deepEqual([time.epoch, time.limitAt(61_001)], [undefined, undefined]);
});

Deno.test("CommitterTime: at the end the committer's clock has passed the limit, whatever the delays and the drift", () => {
  const random = seededRandom(1);
  for (let run = 0; run < 2_000; run++) {
    const rate = 1 + (random() - 0.5) * 0.0019; // of the committer's clock to ours, within the bound
    const offsetMs = random() * 1e9;
    const committerAt = (ms: number) => offsetMs + ms * rate;
    const { own, time } = atTime();
    for (let answers = 0; answers < 4; answers++) {
      const saidAt = own.nowMs;
      own.nowMs += random() * 3_000; // on its way
      time.learn({ epoch: "e", nowMs: Math.floor(committerAt(saidAt)) });
      own.nowMs += random() * 10_000;
    }
    const endMs = own.nowMs + 1_000;
    const limit = time.limitAt(endMs);
    assert.ok(limit !== undefined && committerAt(endMs) >= limit.notAfterMs, `run ${run}`);
  }
});
