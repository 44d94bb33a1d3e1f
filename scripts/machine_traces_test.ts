import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { needsNetns, TestNetns } from "../tests/shared/netns.ts";
import { testUnless } from "../tests/shared/skip.ts";
import { leftBehind, readMachineTraces } from "./machine_traces.ts";
import { mayOwnMounts, withOwnMounts } from "./own_mounts.ts";

const cases = [
  { name: "nothing new", before: { link: ["lo"] }, after: { link: ["lo"] }, want: [] },
  { name: "something gone", before: { link: ["lo", "x"] }, after: { link: ["lo"] }, want: [] },
  {
    name: "one of each kind",
    before: { link: ["lo"], mount: [] },
    after: { link: ["lo", "veth1"], mount: ["/run/netns/a"], process: ["7 sleep"] },
    want: ["link: veth1", "mount: /run/netns/a", "process: 7 sleep"],
  },
];
for (const { name, before, after, want } of cases) {
  Deno.test(`leftBehind() tells: ${name}`, () => assert.deepEqual(leftBehind(before, after), want));
}

Deno.test("readMachineTraces() sees a process with the tests' TMPDIR and a file in it, not another run's nor itself", async () => {
  const temporary = await Deno.makeTempDir({ prefix: "traces-" });
  const scope = { temporary, hasOwnMounts: false };
  const before = readMachineTraces(scope);
  const ours = sleep({ TMPDIR: temporary });
  const another = sleep({ TMPDIR: `${temporary}-2`, NOT_TMPDIR: temporary });
  await Deno.writeTextFile(`${temporary}/left`, "");
  try {
    const left = leftBehind(before, readMachineTraces(scope));
    assert.match(left[0] ?? "", new RegExp(`^process: ${ours.pid} .*sleep 60$`));
    assert.deepEqual(left.slice(1), ["temporary file: left"]);
  } finally {
    for (const child of [ours, another]) {
      child.kill("SIGKILL");
      await child.status;
    }
    await Deno.remove(temporary, { recursive: true });
  }
});

testUnless(needsNetns() ?? (mayOwnMounts() ? undefined : "needs the right to unshare mounts"), {
  name: "readMachineTraces() with own mounts sees all that is left in them, and nothing that others make meanwhile",
  async fn() {
    const temporary = await Deno.makeTempDir({ prefix: "traces-" });
    const run = startRun(temporary);
    const output = run.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await output.read()).value, "looked\n");
    const another = new Deno.Command("tail", { args: ["-f", import.meta.filename!], clearEnv: true, stdout: "null" })
      .spawn();
    using _netns = new TestNetns();
    try {
      await run.stdin.getWriter().close();
      const left = JSON.parse((await output.read()).value ?? "");
      assert.match(left[0], /^process: \d+ \S*sleep 60$/);
      assert.deepEqual(left.slice(1), [
        "network namespace: left",
        "link: left0",
        "link: left1",
        "mount: /run/netns/left",
      ]);
    } finally {
      another.kill("SIGKILL");
      await Promise.all([another.status, run.status, output.cancel()]);
      await Deno.remove(temporary, { recursive: true });
    }
  },
});

function startRun(temporary: string): Deno.ChildProcess {
  const fixture = fileURLToPath(new URL("machine_traces_fixture.ts", import.meta.url));
  const [command = "", ...args] = withOwnMounts([Deno.execPath(), "run", "-A", "--quiet", fixture, temporary]);
  return new Deno.Command("unshare", { args: ["--net", command, ...args], stdin: "piped", stdout: "piped" }).spawn();
}

function sleep(env: Readonly<Record<string, string>>): Deno.ChildProcess {
  return new Deno.Command("sleep", { args: ["60"], env: { ...env } }).spawn();
}
