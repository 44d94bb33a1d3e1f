import assert from "node:assert/strict";
import { type ExitCode, exitCodeOf, exitCodes } from "./cli/exit_codes.ts";
import { runProgram } from "./run.ts";

interface Case {
  readonly name: string;
  /** `conf.yml` in a folder; absent: there is none. */
  readonly conf?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly args: (path: string) => string[];
  readonly code: ExitCode;
  readonly want: RegExp;
}

const variables = { SPIDERPOOL_POD_NAMESPACE: "sp", SPIDERPOOL_POD_NAME: "a", SPIDERPOOL_NODE_NAME: "n1" };

const cases: readonly Case[] = [
  {
    name: "agent 3: daemon without its variables and with a bad key",
    conf: "enableIPv6: 6",
    args: (path) => ["daemon", "--config-path", path],
    code: exitCodes.settings,
    want: /^Cannot use the settings: empty value of SPIDERPOOL_POD_NAMESPACE; .*: enableIPv6 is 6, but must be/,
  },
  {
    name: "agent 4: daemon without conf.yml",
    variables,
    args: (path) => ["daemon", "--config-path", path],
    code: exitCodes.settings,
    want: /conf\.yml: No such file/,
  },
  {
    name: "agent row 2.4: shutdown where no agent runs, which needs no variables",
    conf: "ipamUnixSocketPath: /nowhere/agent.sock",
    args: (path) => ["shutdown", "--config-path", path],
    code: exitCodes.noAgent,
    want: /^Cannot ask the agent on \/nowhere\/agent\.sock/,
  },
  {
    name: "agent row 2.4: shutdown with a conf.yml that cannot be used",
    conf: "enableIPv4: [",
    args: (path) => ["shutdown", "--config-path", path],
    code: exitCodes.settings,
    want: /^Cannot use the settings: /,
  },
  {
    name: "agent row 2.4: metric where nobody answers",
    args: () => ["metric", "--port", "1"],
    code: exitCodes.failed,
    want: /^Cannot read metrics from http:\/\/127\.0\.0\.1:1\/metrics: .*SPIDERPOOL_ENABLED_METRIC/,
  },
];
for (const { name, conf, variables = {}, args, code, want } of cases) {
  Deno.test(`runProgram() ends with status ${code}: ${name}`, async () => {
    const folder = Deno.makeTempDirSync({ prefix: "run-" });
    const path = `${folder}/conf.yml`;
    try {
      if (conf !== undefined) Deno.writeTextFileSync(path, conf);
      await assert.rejects(run(args(path), variables), (err) => {
        assert.equal(exitCodeOf(err), code);
        assert.match(err instanceof Error ? err.message : "", want);
        return true;
      });
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

function run(args: readonly string[], variables: Readonly<Record<string, string>>): Promise<void> {
  const unexpected = () => Promise.reject(new TypeError("Cannot go on: nothing is started here"));
  const stop = new AbortController().signal;
  return runProgram({ args, getenv: (name) => variables[name], createIpam: unexpected, sysctls: unexpected, stop });
}
