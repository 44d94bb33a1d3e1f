import assert from "node:assert/strict";
import { firstReason, needsCommand, testUnless } from "../../tests/shared/skip.ts";
import { fileEntry, type Tree } from "../image/tree.ts";
import { cpioOf } from "./cpio.ts";

const tree: Tree = new Map([
  ["bin/tool", fileEntry("#!/bin/sh\n", { mode: 0o755 })],
  ["bin/other", { kind: "link", target: "tool" }],
  ["empty", fileEntry("")],
  ["odd", fileEntry("12345")],
  ["var/tmp", { kind: "directory", mode: 0o1777 }],
]);

function bytesOf(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("cpioOf() starts every header at a multiple of 4 bytes and ends with the trailer", () => {
  const text = new TextDecoder("latin1").decode(bytesOf(cpioOf(tree)));
  const headers = [...text.matchAll(/070701[0-9a-f]{104}/g)];
  assert.deepEqual(headers.map(({ index }) => index % 4), headers.map(() => 0));
  const names = headers.map(({ index }) => text.slice(index + 110, text.indexOf("\0", index + 110)));
  const paths = ["bin", "bin/other", "bin/tool", "empty", "odd", "var", "var/tmp", "TRAILER!!!"];
  assert.deepEqual(names, paths);
});

Deno.test("cpioOf() gives the same bytes for equal trees", () => {
  assert.deepEqual(bytesOf(cpioOf(tree)), bytesOf(cpioOf(new Map([...tree].reverse()))));
});

testUnless(firstReason(needsCommand("busybox")), {
  name: "cpioOf() makes what cpio(1) unpacks",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const command = new Deno.Command("busybox", { args: ["cpio", "-i", "-d"], cwd: folder, stdin: "piped" }).spawn();
      const writer = command.stdin.getWriter();
      for (const part of cpioOf(tree)) await writer.write(part);
      await writer.close();
      assert.equal((await command.status).success, true);
      assert.equal(await Deno.readTextFile(`${folder}/bin/tool`), "#!/bin/sh\n");
      assert.equal(Deno.statSync(`${folder}/bin/tool`).mode! & 0o777, 0o755);
      assert.equal(await Deno.readLink(`${folder}/bin/other`), "tool");
      assert.equal(await Deno.readTextFile(`${folder}/odd`), "12345");
      assert.equal(Deno.statSync(`${folder}/var/tmp`).mode! & 0o7777, 0o1777);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
