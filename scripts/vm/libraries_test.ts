import assert from "node:assert/strict";
import { librariesOf, parseLibraries } from "./libraries.ts";

const cases = [
  { name: "a static program", text: "\tstatically linked\n", want: [] },
  {
    name: "libraries, the loader, and not what the kernel maps",
    text: "\tlinux-vdso.so.1 (0x00007ffc)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n" +
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f12)\n",
    want: ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"],
  },
];
for (const { name, text, want } of cases) {
  Deno.test(`parseLibraries() reads: ${name}`, () => assert.deepEqual(parseLibraries(text), want));
}

Deno.test("parseLibraries() refuses a program whose library is missing", () => {
  assert.throws(() => parseLibraries("\tlibx.so => not found\n"), /Cannot take a program along: libx.so => not found/);
});

Deno.test("librariesOf() finds the C library of this Deno", async () => {
  const found = await librariesOf([Deno.execPath(), Deno.execPath()]);
  assert.equal(found.filter((path) => path.includes("libc.so")).length, 1);
});
