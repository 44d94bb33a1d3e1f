import assert from "node:assert/strict";
import { type CliActions, confPathOf, createCli } from "./cli.ts";

async function parse(args: readonly string[]): Promise<unknown[]> {
  const calls: unknown[] = [];
  const actions: CliActions = {
    daemon: (options) => Promise.resolve(void calls.push("daemon", confPathOf(options))),
    shutdown: (options) => Promise.resolve(void calls.push("shutdown", confPathOf(options))),
    metric: ({ port }) => Promise.resolve(void calls.push("metric", port)),
  };
  const cli = createCli(actions).exitOverride().configureOutput({ writeOut() {}, writeErr() {} });
  for (const command of cli.commands) command.exitOverride().configureOutput({ writeOut() {}, writeErr() {} });
  await cli.parseAsync([...args], { from: "user" });
  return calls;
}

const good: [args: string[], want: unknown[]][] = [
  [["daemon"], ["daemon", "/tmp/spiderpool/config-map/conf.yml"]],
  [["daemon", "--config-path", "/a.yml"], ["daemon", "/a.yml"]],
  [["daemon", "--config-dir", "/etc/x", "--ipam-config-dir", "/etc/y"], ["daemon", "/etc/x/conf.yml"]],
  [["daemon", "--config-dir=/etc/x", "--config-path=/a.yml"], ["daemon", "/a.yml"]],
  [["shutdown", "--config-path", "/a.yml"], ["shutdown", "/a.yml"]],
  [["metric"], ["metric", 5711]],
  [["metric", "--port", "80"], ["metric", 80]],
];
for (const [args, want] of good) {
  Deno.test(`createCli() understands ${args.join(" ")}`, async () => assert.deepEqual(await parse(args), want));
}

for (const args of [["serve"], ["daemon", "--port", "1"], ["metric", "--port", "x"], ["metric", "--port", "70000"]]) {
  Deno.test(`createCli() refuses ${args.join(" ")}`, () => assert.rejects(parse(args)));
}
