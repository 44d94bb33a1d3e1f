import assert from "node:assert/strict";
import { countOpenFiles } from "./open_files.ts";

Deno.test("countOpenFiles() sees each file that is opened and closed", () => {
  countOpenFiles(); // opens the library
  const before = countOpenFiles() ?? assert.fail("poll was refused");
  {
    using _one = Deno.openSync("/dev/null");
    using _two = Deno.openSync("/dev/null");
    assert.equal(countOpenFiles(), before + 2);
  }
  assert.equal(countOpenFiles(), before);
});
