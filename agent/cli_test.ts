import assert from "node:assert/strict";
import { type CliActions, confPathOf, createCli } from "./cli.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "./cli/exit_codes.ts";

async function parse(args: readonly string[]): Promise<unknown[]> {
  const calls: unknown[] = [];
  const actions: CliActions = {
    daemon: (options) => Promise.resolve(void calls.push("daemon", confPathOf(options))),
    shutdown: (options) => Promise.resolve(void calls.push("shutdown", confPathOf(options))),
    metric: ({ port }) => Promise.resolve(void calls.push("metric", port)),
    tuneNode: (options) => Promise.resolve(void calls.push("tuneNode", confPathOf(options))),
    print: (text) => void calls.push("print", text.slice(0, 16)),
    writePages: (pages, folder) => void calls.push("pages", pages.length > 5, folder),
  };
  const cli = createCli(actions);
  for (const command of [cli, ...cli.commands]) command.configureOutput({ writeOut() {}, writeErr() {} });
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
  [["tune-node", "--config-path", "/a.yml"], ["tuneNode", "/a.yml"]],
  [["generate-markdown", "--markdown-path", "/d"], ["pages", true, "/d"]],
  [["completion", "bash"], ["print", "_spiderpool_agen"]],
  [["version"], ["print", "spiderpool-agent"]],
];
/** Rows of spec/agent.md 2 by their commands; `tune-node` and `version` are this project's own. */
const rows: Readonly<Record<string, string>> = {
  "daemon": "2.1",
  "generate-markdown": "2.2",
  "completion": "2.3",
  "help": "2.3",
  "shutdown": "2.4",
  "metric": "2.4",
};

/** What the name of a test of a command begins with. */
function placeOf([command = ""]: readonly string[]): string {
  return rows[command] === undefined ? "agent 2" : `agent row ${rows[command]}`;
}

for (const [args, want] of good) {
  Deno.test(`${placeOf(args)}: createCli() understands ${args.join(" ")}`, async () =>
    assert.deepEqual(await parse(args), want));
}

const bad: [args: string[], code: ExitCode][] = [
  [["serve"], exitCodes.usage],
  [["daemon", "--port", "1"], exitCodes.usage],
  [["metric", "--port", "x"], exitCodes.usage],
  [["metric", "--port", "70000"], exitCodes.usage],
  [["generate-markdown"], exitCodes.usage],
  [["completion", "cmd"], exitCodes.usage],
  [["--help"], exitCodes.done],
  [["daemon", "--help"], exitCodes.done],
  [["help", "daemon"], exitCodes.done],
  [["--version"], exitCodes.done],
];
for (const [args, code] of bad) {
  Deno.test(`${placeOf(args)}: createCli() ends with status ${code} on ${args.join(" ")}`, async () => {
    await assert.rejects(parse(args), (err) => exitCodeOf(err) === code);
  });
}
