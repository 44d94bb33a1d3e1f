import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { createInitLog } from "./log.ts";

Deno.test("createInitLog() writes lines that no field can disguise, and leaves debug out", () => {
  const lines: string[] = [];
  const log = createInitLog((line) => lines.push(line), new FakeClock(0)).child({ kind: "SpiderIPPool" });
  log.debug("why");
  log.info("deleted", { deleted: 3, level: "x", msg: "y" });
  log.error("not clean", { err: new Error("boom") });
  assert.deepEqual(lines, [
    '{"level":"INFO","ts":"1970-01-01T00:00:00.000Z","msg":"deleted","kind":"SpiderIPPool","deleted":3}\n',
    '{"level":"ERROR","ts":"1970-01-01T00:00:00.000Z","msg":"not clean","kind":"SpiderIPPool","err":"boom"}\n',
  ]);
});
