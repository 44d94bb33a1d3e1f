import assert from "node:assert/strict";
import { outermost, readProcess } from "./processes.ts";
import { waitUntil } from "./wait.ts";

const cases = [
  { name: "alone", alike: [{ pid: 9, parent: 1 }], want: 9 },
  { name: "a child that was forked with a lower id", alike: [{ pid: 3, parent: 9 }, { pid: 9, parent: 1 }], want: 9 },
  { name: "a child with a higher id", alike: [{ pid: 9, parent: 1 }, { pid: 10, parent: 9 }], want: 9 },
  {
    name: "a child of a child",
    alike: [{ pid: 2, parent: 3 }, { pid: 3, parent: 9 }, { pid: 9, parent: 1 }],
    want: 9,
  },
  { name: "nobody", alike: [], want: undefined },
];

for (const { name, alike, want } of cases) {
  Deno.test(`outermost() finds what the others were forked from: ${name}`, () => {
    assert.equal(outermost(alike)?.pid, want);
  });
}

Deno.test("readProcess() tells the parent, whatever the program is called", async () => {
  const folder = await Deno.makeTempDir();
  const program = `${folder}/a) S 1 (b`;
  await Deno.symlink("/bin/sleep", program); // a copy may be busy: other tests fork while it is written
  const child = new Deno.Command(program, { args: ["600"] }).spawn();
  try {
    const isSeen = () => readProcess(child.pid)?.argv[0] === program ? undefined : "it is not there";
    await waitUntil(isSeen, { what: "start the process", timeoutMs: 30_000, everyMs: 5 });
    assert.equal(readProcess(child.pid)?.parent, Deno.pid);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  }
});
