import assert from "node:assert/strict";
import { FakeClock } from "../net/base/fake_clock.ts";
import { createJsonLog } from "./log.ts";

Deno.test("agent row 3.2: createJsonLog() writes what is at or above its level, with the fields of its parents", () => {
  const lines: string[] = [];
  const log = createJsonLog({ write: (line) => lines.push(line), clock: new FakeClock(0), level: "info" });
  const child = log.child({ pod: "ns/a" }).child({ ifname: "eth0" });
  assert.equal(child.isDebug, false);
  child.debug("chose pool");
  child.info("allocated address", { address: "10.0.0.1", value: 5n, level: "mine" });
  assert.deepEqual(lines, [
    '{"level":"INFO","ts":"1970-01-01T00:00:00.000Z","msg":"allocated address","PodNamespace":"ns","PodName":"a","IfName":"eth0",' +
    '"address":"10.0.0.1","value":"5","level_":"mine"}\n',
  ]);
});

Deno.test("createJsonLog() writes no secret that came in an error of another program", () => {
  const lines: string[] = [];
  const log = createJsonLog({ write: (line) => lines.push(line), clock: new FakeClock(0), level: "info" });
  log.warn("cannot reach the API server", { err: new Error("sent Authorization: Bearer abcdefghijk") });
  assert.equal(JSON.parse(lines[0] ?? "").err, "sent Authorization: Bearer [removed]");
});

for (const level of ["fatal", "panic"] as const) {
  Deno.test(`createJsonLog() is silent at level ${level}`, () => {
    const lines: string[] = [];
    createJsonLog({ write: (line) => lines.push(line), clock: new FakeClock(), level }).error("lost");
    assert.deepEqual(lines, []);
  });
}
