import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { createJsonLog } from "../../agent/log.ts";
import { createLogOutput } from "../../agent/log_output.ts";
import { runTool } from "../shared/run_tool.ts";
import { firstReason, needsCommand, needsPath, needsRoot, testUnless } from "../shared/skip.ts";

/** A file system of 64 KiB. */
class TinyDisk implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "disk-" });

  constructor() {
    runTool("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", this.folder]);
  }

  [Symbol.dispose](): void {
    runTool("umount", ["--lazy", this.folder]);
    Deno.removeSync(this.folder);
  }
}

testUnless(firstReason(needsRoot(), needsCommand("mount")), {
  name: "agent 12: a disk that is full stops nothing; what was lost is told as soon as there is room",
  fn() {
    using disk = new TinyDisk();
    const [path, ballast] = [`${disk.folder}/agent.log`, `${disk.folder}/ballast`];
    const told: string[] = [];
    const file = { path, maxSizeMb: 100, maxAgeDays: 0, maxCount: 0 };
    using output = createLogOutput({ stdout: (line) => void told.push(line), file, clock: systemClock });
    const log = createJsonLog({ write: (line) => output.write(line), clock: systemClock, level: "info" });
    Deno.writeFileSync(ballast, new Uint8Array(32 * 1024));
    for (let number = 0; number < 1000; number++) log.info("allocated address", { number });
    Deno.removeSync(ballast);
    log.info("allocated address", { number: 1000 });

    assert.equal(told.filter((line) => line.includes('"msg":"allocated address"')).length, 1001);
    assert.equal(told.filter((line) => line.includes('"msg":"cannot write the log file"')).length, 1);
    const lines = Deno.readTextFileSync(path).trimEnd().split("\n");
    const [notice, last] = lines.slice(-2).map((line) => JSON.parse(line));
    assert.equal(last.number, 1000);
    const whole = lines.filter((line) => line.endsWith("}") && line.includes("allocated address")).length;
    assert.equal(notice.msg, "lost log lines");
    assert.equal(notice.lines, 1001 - whole);
  },
});

const program = `
  import { systemClock } from "${new URL("../../net/base/clock.ts", import.meta.url)}";
  import { createJsonLog, writeToStdout } from "${new URL("../../agent/log.ts", import.meta.url)}";
  import { createLogOutput } from "${new URL("../../agent/log_output.ts", import.meta.url)}";
  using output = createLogOutput({ stdout: writeToStdout, clock: systemClock });
  const log = createJsonLog({ write: (line) => output.write(line), clock: systemClock, level: "info" });
  for (let number = 0; number < 3; number++) log.info("allocated address", { number });
  console.error("still there");
`;

testUnless(needsPath("/dev/full", "a device that is always full"), {
  name: "agent 12: standard output on a disk that is full stops nothing",
  fn() {
    const { code, stderr } = new Deno.Command("sh", {
      args: ["-c", 'exec "$0" eval --cached-only "$1" >/dev/full', Deno.execPath(), program],
      stdin: "null",
    }).outputSync();
    assert.deepEqual([code, new TextDecoder().decode(stderr).trim()], [0, "still there"]);
  },
});
