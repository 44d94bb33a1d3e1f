import assert from "node:assert/strict";
import { MachineError, type MachineOptions, runMachine } from "./machine.ts";

/** A shell script stands for the machine. */
function options(script: string, more: Partial<MachineOptions> = {}): MachineOptions {
  return { command: ["sh", "-c", script], input: [], limitMs: 60_000, silenceMs: 60_000, ...more };
}

async function failureOf(machine: MachineOptions): Promise<MachineError> {
  try {
    await runMachine(machine);
  } catch (err) {
    assert.ok(err instanceof MachineError);
    return err;
  }
  throw new Error("Cannot see a failure: the machine came to its end");
}

Deno.test("runMachine() gives what the machine writes, and its console by lines", async () => {
  const lines: string[] = [];
  const input = ["one ", "two\n"].map((text) => new TextEncoder().encode(text));
  const script = 'read -r line; echo "got $line"; printf "console 1\\r\\nconsole 2" >&2';
  const output = await runMachine(options(script, { input, onLine: (line) => lines.push(line) }));
  assert.equal(output, "got one two\n");
  assert.deepEqual(lines, ["console 1", "console 2"]);
});

Deno.test("runMachine() copes with a machine that ends before it has read all", async () => {
  const input = Array.from({ length: 64 }, () => new Uint8Array(1 << 16));
  assert.equal(await runMachine(options("echo enough", { input })), "enough\n");
});

const failures = [
  { name: "it ends with an error", script: "exit 3", problem: "it ended with status 3" },
  {
    name: "the kernel panics",
    script: "echo '[ 1.0] Kernel panic - not syncing: no init' >&2",
    problem: "Kernel panic - not syncing: no init",
  },
  {
    name: "it takes too long",
    script: "exec tail -f /dev/null",
    limitMs: 300,
    problem: "it took more than 300 ms",
  },
  {
    name: "its console is silent",
    script: "exec tail -f /dev/null",
    silenceMs: 300,
    problem: "it was silent for 300 ms",
  },
];
for (const { name, script, problem, ...limits } of failures) {
  Deno.test(`runMachine() tells that ${name}`, async () => {
    assert.equal((await failureOf(options(script, limits))).problem, problem);
  });
}

Deno.test("runMachine() keeps what a machine wrote before it died", async () => {
  assert.equal((await failureOf(options("echo out; exit 3"))).output, "out\n");
});

Deno.test("runMachine() shows the last lines of the console", async () => {
  const script = "i=0; while [ $i -lt 100 ]; do echo line $i >&2; i=$((i + 1)); done; exit 1";
  const { console } = await failureOf(options(script));
  assert.deepEqual([console.length, console.at(0), console.at(-1)], [30, "line 70", "line 99"]);
});

Deno.test("runMachine() says which program is missing", async () => {
  const error = await failureOf({ ...options(""), command: ["/no/such/program"] });
  assert.match(error.problem, /\/no\/such\/program/);
});
