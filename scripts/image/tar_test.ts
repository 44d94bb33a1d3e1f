import assert from "node:assert/strict";
import { join } from "node:path";
import { withTempFolder } from "../build/folders.ts";
import { runCommand } from "../build/run_command.ts";
import { tarOf } from "./tar.ts";
import { entriesOf, fileEntry, type Tree, type TreeEntry } from "./tree.ts";

const longName = `${"d".repeat(90)}/${"f".repeat(60)}`;
const entries: [string, TreeEntry][] = [
  ["usr/bin/tool", fileEntry("#!/bin/sh\n", { mode: 0o755 })],
  ["etc/empty", fileEntry("")],
  ["etc/block", fileEntry(new Uint8Array(512).fill(65))],
  ["tmp", { kind: "directory", mode: 0o1777 }],
  ["var/run", { kind: "link", target: "/run" }],
  [longName, fileEntry("long")],
];

Deno.test("entriesOf() adds folders and sorts, whatever the order", () => {
  const paths = entriesOf(new Map(entries)).map(([path]) => path);
  assert.deepEqual(paths, [...paths].sort());
  assert.deepEqual(paths.filter((path) => path.startsWith("usr")), ["usr", "usr/bin", "usr/bin/tool"]);
  assert.deepEqual(entriesOf(new Map([...entries].reverse())), entriesOf(new Map(entries)));
});

Deno.test("tarOf() does not depend on the order of entries", () => {
  assert.deepEqual(tarOf(new Map([...entries].reverse())), tarOf(new Map(entries)));
});

Deno.test("tarOf() writes what tar reads", async () => {
  await withTempFolder(async (folder) => {
    await Deno.writeFile(join(folder, "a.tar"), tarOf(new Map(entries)));
    const listing = await runCommand(["tar", "--numeric-owner", "--utc", "-tvf", "a.tar"], { cwd: folder });
    const lines = listing.trim().split("\n").map((line) => line.replaceAll(/\s+/g, " "));
    assert(lines.includes("drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/"), listing);
    assert(lines.includes("-rwxr-xr-x 0/0 10 1970-01-01 00:00 usr/bin/tool"), listing);
    assert(lines.includes("lrwxrwxrwx 0/0 0 1970-01-01 00:00 var/run -> /run"), listing);
    await runCommand(["tar", "-xf", "a.tar"], { cwd: folder });
    assert.equal(await Deno.readTextFile(join(folder, longName)), "long");
    assert.equal(await Deno.readTextFile(join(folder, "etc/block")), "A".repeat(512));
  });
});

const tooLong: { name: string; tree: Tree }[] = [
  { name: "a name", tree: new Map([["n".repeat(101), fileEntry("")]]) },
  { name: "a path", tree: new Map([[`${"p".repeat(156)}/x${"y".repeat(99)}`, fileEntry("")]]) },
  { name: "a target", tree: new Map([["l", { kind: "link", target: "t".repeat(101) }]]) },
];
for (const { name, tree } of tooLong) {
  Deno.test(`tarOf() refuses ${name} that is too long`, () => assert.throws(() => tarOf(tree), RangeError));
}
