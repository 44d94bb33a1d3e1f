import assert from "node:assert/strict";
import { bundleExecutable, launcherText } from "./bundle.ts";

Deno.test("launcherText() quotes what a shell would take apart", () => {
  const text = launcherText({ script: "/a b/it's.js", permissions: ["--allow-read=/x y"], denoDir: "/d" });
  assert.match(
    text,
    /^#!\/bin\/sh\nDENO_DIR=\/d .*exec \S+ run .* '--allow-read=\/x y' '\/a b\/it'\\''s\.js' "\$@"\n$/,
  );
});

Deno.test("bundleExecutable() tells why it cannot", async () => {
  const executable = { name: "none", entry: "plugins/none.ts", needs: {} };
  await assert.rejects(
    bundleExecutable(executable, { outDir: "/nowhere" }),
    /^Error: Cannot bundle plugins\/none\.ts: /,
  );
});
