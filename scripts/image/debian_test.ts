import assert from "node:assert/strict";
import { parseUris } from "./debian.ts";

const digest = "ba4f88f73dbc3ae9055f3c20f4523bfdbaf1ad13ff95e258924f77d20b4fbedf";

Deno.test("parseUris() reads file and digest of each package", () => {
  const text =
    `'http://mirror.example/libc6_2.36-9%2bdeb12u14_amd64.deb' libc6_2.36-9+deb12u14_amd64.deb 2759320 SHA256:${digest}
'http://mirror.example/busybox_1.35.0_amd64.deb' busybox_1%3a1.35.0_amd64.deb 452120 SHA256:${digest} \n`;
  assert.deepEqual(parseUris(text), [
    { file: "libc6_2.36-9+deb12u14_amd64.deb", sha256: digest },
    { file: "busybox_1%3a1.35.0_amd64.deb", sha256: digest },
  ]);
  assert.deepEqual(parseUris(""), []);
});

for (const sum of ["MD5Sum:0123", "", `SHA256:${digest}0`]) {
  Deno.test(`parseUris() refuses the digest "${sum}"`, () => {
    assert.throws(() => parseUris(`'http://mirror.example/a.deb' a_1_all.deb 1 ${sum}`), /apt tells no SHA-256/);
  });
}

Deno.test("parseUris() refuses a file name that leaves the folder", () => {
  assert.throws(() => parseUris(`'http://mirror.example/a.deb' ../a.deb 1 SHA256:${digest}`), /Cannot fetch/);
});
