import assert from "node:assert/strict";

const causes: readonly (readonly [name: string, code: string, err: string])[] = [
  ["an error in a timer", 'setTimeout(() => { throw new Error("boom"); }, 1)', "boom"],
  ["a promise that nobody awaits", 'void Promise.reject(new Error("boom"))', "boom"],
  [
    "without the secrets of its words",
    'void Promise.reject(new Error("no https://joe:secret@iaas"))',
    "no https://[removed]@iaas",
  ],
];

for (const [name, code, err] of causes) {
  Deno.test(`agent 2: a panic ends the process with another status than 0, and is in the log: ${name}`, async () => {
    const module = new URL("./panic.ts", import.meta.url).href;
    const program = `const { reportPanics } = await import(${JSON.stringify(module)});
      reportPanics({ write: (line) => Deno.stdout.writeSync(new TextEncoder().encode(line)), clock: { now: () => 0 } });
      ${code};
      await new Promise((resolve) => setTimeout(resolve, 600_000));`;
    const command = new Deno.Command(Deno.execPath(), { args: ["eval", program], stdout: "piped", stderr: "null" });
    const { code: status, stdout } = await command.output();
    const { stack, ...line } = JSON.parse(new TextDecoder().decode(stdout));
    assert.equal(status, 1);
    assert.ok(stack.startsWith(`Error: ${err}\n`) && /\n +at /.test(stack), stack);
    const msg = "ends because of an error that nobody expected";
    assert.deepEqual(line, { level: "PANIC", ts: "1970-01-01T00:00:00.000Z", msg, err });
  });
}
