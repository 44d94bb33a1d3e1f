import assert from "node:assert/strict";
import { FakeClock } from "../net/base/fake_clock.ts";
import { createLogOutput, TornLineError } from "./log_output.ts";

const ts = "1970-01-01T00:00:00.000Z";

/** Keeps text; throws what {@linkcode problem} is. */
class Reader {
  text = "";
  problem: Error | undefined;

  readonly write = (line: string) => {
    if (this.problem === undefined) return void (this.text += line);
    if (this.problem instanceof TornLineError) this.text += line.slice(0, 2);
    throw this.problem;
  };
}

Deno.test("createLogOutput() counts the lines that standard output does not take, and tells when it does again", () => {
  const reader = new Reader();
  using output = createLogOutput({ stdout: reader.write, clock: new FakeClock() });
  output.write("one\n");
  reader.problem = new Error("no space left on device");
  output.write("two\n");
  output.write("three\n");
  reader.problem = undefined;
  output.write("four\n");
  output.write("five\n");
  const notice = `{"level":"WARN","ts":"${ts}","msg":"lost log lines","output":"standard output","lines":2}\n`;
  assert.equal(reader.text, `one\n${notice}four\nfive\n`);
});

Deno.test("createLogOutput() ends a line of which only the beginning was written", () => {
  const reader = new Reader();
  using output = createLogOutput({ stdout: reader.write, clock: new FakeClock() });
  reader.problem = new TornLineError(2);
  output.write("{one}\n");
  reader.problem = undefined;
  output.write("{two}\n");
  const lines = reader.text.split("\n");
  assert.deepEqual([lines[0], lines[2]], ["{o", "{two}"]);
  assert.equal(JSON.parse(lines[1] ?? "").lines, 1);
});

function withFolder(use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "log-" });
  try {
    use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const limits = { maxSizeMb: 1, maxAgeDays: 0, maxCount: 2 };

Deno.test("createLogOutput() writes to standard output and to the file, and begins new files while it runs", () => {
  withFolder((folder) => {
    const [clock, reader, path] = [new FakeClock(), new Reader(), `${folder}/log/agent.log`];
    using output = createLogOutput({ stdout: reader.write, file: { ...limits, path }, clock });
    const line = `${"x".repeat(1023)}\n`;
    for (let i = 0; i < 5 * 1024 + 1; i++) {
      clock.advance(1); // names of old files tell their time
      output.write(line);
    }
    assert.equal(reader.text.length, (5 * 1024 + 1) * 1024);
    const files = [...Deno.readDirSync(`${folder}/log`)].map(({ name }) => name);
    const sizes = files.map((name) => Deno.statSync(`${folder}/log/${name}`).size).sort((a, b) => a - b);
    assert.deepEqual(sizes, [1024, 1024 ** 2, 1024 ** 2], files.join());
  });
});

Deno.test("createLogOutput() says once on standard output that there is no file, and tries again after ten seconds", () => {
  withFolder((folder) => {
    const [clock, reader, path] = [new FakeClock(), new Reader(), `${folder}/a/agent.log`];
    Deno.writeTextFileSync(`${folder}/a`, ""); // no folder can be made there
    using output = createLogOutput({ stdout: reader.write, file: { ...limits, path }, clock });
    output.write("one\n");
    output.write("two\n");
    assert.match(
      reader.text,
      /^one\n\{"level":"WARN",[^\n]*"msg":"cannot write the log file","path":"[^\n]*\}\ntwo\n$/,
    );
    Deno.removeSync(`${folder}/a`);
    output.write("three\n");
    clock.advance(10_000);
    output.write("four\n");
    const [notice = "", four] = Deno.readTextFileSync(path).split("\n");
    assert.deepEqual([JSON.parse(notice).lines, four], [3, "four"]);
  });
});
