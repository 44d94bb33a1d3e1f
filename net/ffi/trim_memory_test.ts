import assert from "node:assert/strict";
import { codeMappings } from "./trim_memory.ts";

const maps = `55f13a248000-55f13bdd6000 r--p 00000000 fe:00 761897                     /opt/deno
55f13c04c000-55f13fd40000 r-xp 01b8e000 fe:00 761897                     /opt/deno
55f13fd40000-55f13ffb2000 rw-p 05881000 fe:00 761897                     /opt/deno
55f13ffc2000-55f13ffc3000 r--p 05b02000 fe:00 761897                     /opt/deno
7f2d1fdc0000-7f2d1ffe6000 r-xp 035cf000 fe:00 761897                     /opt/deno
7f2d3c600000-7f2d3c601000 r--s 00000000 fe:00 10035221                   /opt/deno
7f2d3d000000-7f2d3d001000 r-xp 00000000 fe:00 12                         /lib/libc.so.6
7f2d3d433000-7f2d3d434000 r-xp 00000000 00:00 0
7ffc5f9e2000-7ffc5fa03000 rw-p 00000000 00:00 0                          [stack]
`;

Deno.test("codeMappings() are the code of the executable and what is before it, nothing that was written to", () => {
  assert.deepEqual(codeMappings(maps, "/opt/deno"), [
    { start: 0x55f13a248000n, length: 0x1b8e000n },
    { start: 0x55f13c04c000n, length: 0x3cf4000n },
    { start: 0x7f2d1fdc0000n, length: 0x226000n },
  ]);
});

Deno.test("codeMappings() takes no line that is cut", () => {
  assert.deepEqual(codeMappings(maps.slice(0, maps.indexOf("\n")), "/opt/deno"), []);
});

Deno.test("codeMappings() of another program are none", () => {
  assert.deepEqual(codeMappings(maps, "/opt/other"), []);
});

Deno.test("trimMemory() takes pages of the executable out of memory, and the process goes on", async () => {
  const [before = 0, after = 0, later] = JSON.parse(await outputOf(trimming)); // a process that does nothing else
  assert.ok(after < before * 0.9, `${after} of ${before} kB of files are still in memory`);
  assert.equal(later, "1970-01-01T00:00:00.000Z");
});

/** Tells kB in memory that are of files before and after, and something that needs code. */
const trimming = `
  import { trimMemory } from "${new URL("./trim_memory.ts", import.meta.url)}";
  const files = () => Number(/^RssFile:\\s+(\\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]);
  const before = files();
  trimMemory();
  console.log(JSON.stringify([before, files(), new Date(0).toISOString()]));
`;

async function outputOf(code: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["eval", code], stderr: "inherit" });
  return new TextDecoder().decode((await command.output()).stdout);
}
