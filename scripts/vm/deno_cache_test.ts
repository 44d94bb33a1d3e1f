import assert from "node:assert/strict";
import { lockedFolders } from "./deno_cache.ts";

Deno.test("lockedFolders() reads names and versions, without versions of peers", () => {
  const npm = { "yaml@2.9.1": {}, "@peculiar/x509@1.14.3": {}, "openapi@7.0.0_typescript@5.9.2": {} };
  assert.deepEqual(lockedFolders(JSON.stringify({ version: "5", npm })), [
    { name: "yaml", version: "2.9.1" },
    { name: "@peculiar/x509", version: "1.14.3" },
    { name: "openapi", version: "7.0.0" },
  ]);
});

Deno.test("lockedFolders() refuses a file without packages", () => {
  assert.throws(() => lockedFolders('{"version":"5"}'), /Cannot take packages along/);
});
