import assert from "node:assert/strict";
import type { Log } from "../../net/base/log.ts";
import type { LogLevel } from "../config/log_level.ts";
import { levelLog } from "./level_log.ts";

function recordingLog(lines: string[], prefix = ""): Log {
  const line = (level: string) => (message: string) => void lines.push(`${prefix}${level} ${message}`);
  const child = () => recordingLog(lines, "child ");
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error"), child };
}

const kept: [level: LogLevel, lines: readonly string[]][] = [
  ["debug", ["debug a", "info b", "child warn c", "child error d"]],
  ["info", ["info b", "child warn c", "child error d"]],
  ["warn", ["child warn c", "child error d"]],
  ["error", ["child error d"]],
  ["fatal", []],
  ["panic", []],
];
for (const [level, want] of kept) {
  Deno.test(`levelLog() keeps at level ${level}: ${want.join(", ") || "nothing"}`, () => {
    const lines: string[] = [];
    const log = levelLog(recordingLog(lines), () => level);
    log.debug("a");
    log.info("b");
    const child = log.child({});
    child.warn("c");
    child.error("d");
    assert.deepEqual(lines, want);
    assert.equal(log.isDebug, level === "debug");
  });
}

Deno.test("levelLog() goes by a level that changed, in children made before, too", () => {
  const lines: string[] = [];
  let level: LogLevel = "info";
  const log = levelLog(recordingLog(lines), () => level);
  const child = log.child({});
  child.debug("a");
  level = "debug";
  child.debug("b");
  assert.deepEqual(lines, ["child debug b"]);
  assert.equal(child.isDebug, true);
});
