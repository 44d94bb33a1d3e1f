import assert from "node:assert/strict";
import { leftBehind, readMachineTraces } from "./machine_traces.ts";

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

Deno.test("readMachineTraces() sees a process with the tests' TMPDIR and a file in it, and not itself", async () => {
  const temporary = await Deno.makeTempDir({ prefix: "traces-" });
  const root = "/nowhere/at/all";
  const before = readMachineTraces({ temporary, root });
  const child = new Deno.Command("sleep", { args: ["60"], env: { TMPDIR: temporary } }).spawn();
  await Deno.writeTextFile(`${temporary}/left`, "");
  try {
    const left = leftBehind(before, readMachineTraces({ temporary, root }));
    assert.match(left[0] ?? "", new RegExp(`^process: ${child.pid} .*sleep 60$`));
    assert.deepEqual(left.slice(1), ["temporary file: left"]);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(temporary, { recursive: true });
  }
});
