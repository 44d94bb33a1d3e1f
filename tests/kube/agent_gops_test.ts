/** The real gops client against a process of the agent, which it finds by its port file. */
import assert from "node:assert/strict";
import { freePort } from "../../net/base/free_port.ts";
import { goProgram } from "../shared/go_program.ts";
import { testUnless } from "../shared/skip.ts";
import { RunningAgent } from "./running_agent.ts";

const { path = "", reason } = await goProgram("gops");

/** What one command of the client prints; `pid` is found by the file in `folder`. */
async function gops(command: readonly string[], folder: string): Promise<string> {
  const env = { GOPS_CONFIG_DIR: folder };
  const { stdout, stderr } = await new Deno.Command(path, { args: [...command], env }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** The process that wrote its port file. */
async function pidIn(folder: string): Promise<string> {
  for (;;) {
    const names = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    const pid = names.map(({ name }) => name).find((name) => /^\d+$/.test(name));
    if (pid !== undefined) return pid;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

testUnless(reason, {
  name: "promise 13: the gops client finds the agent, asks for all that it has, and forgets it when it ends",
  async fn(t) {
    const port = freePort();
    await using agent = await RunningAgent.start(() => ({ SPIDERPOOL_GOPS_LISTEN_PORT: String(port) }));
    const folder = `${agent.folder}/gops`;
    const pid = await pidIn(folder);
    const wants: [command: string[], want: RegExp][] = [
      [["version", pid], /^spiderpool-agent .*deno .*\n$/],
      [["stats", pid], new RegExp(`^pid: ${pid}\n`)],
      [["memstats", pid], /^alloc: \d[^]*\nsys: \d[^]*\nnum-full-gc: \d/],
      [["stack", pid], /^\d+ under way\n[^]*\ntimer \d+ \[sleep [^]*\n\tat .*\n/],
      [["gc", pid], /^$/],
      [["setgc", pid, "50"], /^Cannot set the GC percentage/],
      [["stack", `127.0.0.1:${port}`], / under way\n/],
    ];
    for (const [command, want] of wants) {
      await t.step(command.join(" "), async () => assert.match(await gops(command, folder), want));
    }
    assert.equal(await agent.process.stop(), 0);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    assert.match(await gops(["stack", pid], folder), /couldn't get port for PID/);
    const log = await Deno.readTextFile(agent.process.logFile);
    assert.match(log, /"msg":"answered a gops command","command":"gc"/);
  },
});
