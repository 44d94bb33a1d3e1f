import assert from "node:assert/strict";
import { commitStamp } from "../../net/base/version.ts";
import { bundleSource, withCommit } from "./bundle_source.ts";
import { formatChecksums } from "./checksums.ts";
import { executablesOf } from "./executables.ts";

Deno.test("withCommit() replaces the stamp", () => {
  assert.equal(withCommit(`a("${commitStamp}")`, "0123abc"), 'a("spiderpool-commit:0123abc")');
});

for (const code of ["no stamp", `"${commitStamp}" "${commitStamp}"`]) {
  Deno.test(`withCommit() refuses code with ${code.split(commitStamp).length - 1} stamps`, () => {
    assert.throws(() => withCommit(code, "x"), /Cannot stamp the bundle/);
  });
}

Deno.test("bundleSource() tells why it cannot", async () => {
  await assert.rejects(bundleSource({ name: "none", entry: "plugins/none.ts" }), /Cannot bundle plugins\/none\.ts: /);
});

Deno.test("executablesOf() takes all or those that are named, in the table's order", () => {
  const all = executablesOf([]).map(({ name }) => name);
  assert.deepEqual(all.slice(0, 3), ["spiderpool", "coordinator", "ifacer"]);
  const named = executablesOf(["ifacer", "coordinator", "spiderpool"]);
  assert.deepEqual(named.map(({ name }) => name), all.slice(0, 3));
  assert.throws(() => executablesOf(["spider"]), /Cannot build spider: there are only spiderpool, /);
});

Deno.test("formatChecksums() writes what sha256sum writes, sorted", () => {
  const digest = "a".repeat(64);
  const files = [{ path: "b", size: 1, digest }, { path: "a/x", size: 1, digest }];
  assert.equal(formatChecksums(files), `${digest}  a/x\n${digest}  b\n`);
});
