import assert from "node:assert/strict";
import { parseDepends } from "./kernel.ts";

Deno.test("parseDepends() finds the package of the newest kernel", () => {
  const text = "linux-image-cloud-amd64\n  Depends: linux-image-6.1.0-56-cloud-amd64\n  Conflicts: other\n";
  assert.equal(parseDepends(text), "linux-image-6.1.0-56-cloud-amd64");
});

Deno.test("parseDepends() refuses an answer without one", () => {
  assert.throws(() => parseDepends("linux-image-cloud-amd64\n  Suggests: other\n"), /Cannot find a kernel/);
});
