import assert from "node:assert/strict";
import { join } from "node:path";
import { launcherText, quote } from "./launcher.ts";
import { withTempFolder } from "./folders.ts";

const quotes: [string, string][] = [
  ["--allow-read=/run,/x", "--allow-read=/run,/x"],
  ["A_*", "'A_*'"],
  ["it's", "'it'\\''s'"],
  ["", "''"],
];
for (const [text, want] of quotes) Deno.test(`quote() of ${text}`, () => assert.equal(quote(text), want));

/** A launcher whose Deno only tells how it was called. */
async function withLauncher(use: (launcher: string, folder: string) => void): Promise<void> {
  await withTempFolder((parent) => {
    const folder = join(parent, "a folder");
    Deno.mkdirSync(join(folder, "spiderpool-lib"), { recursive: true });
    const fake = '#!/bin/sh\nfor word in "$DENO_DIR" "$@"; do echo "[$word]"; done\n';
    Deno.writeTextFileSync(join(folder, "spiderpool-lib/deno-x"), fake, { mode: 0o755 });
    const text = launcherText({ deno: "deno-x", script: "p-1.js", permissions: ["--allow-env=A_*"] });
    Deno.writeTextFileSync(join(folder, "p"), text, { mode: 0o755 });
    Deno.symlinkSync(join(folder, "p"), join(parent, "link"));
    use(join(folder, "p"), folder);
    return Promise.resolve();
  });
}

function outputOf(command: string, args: readonly string[], cwd = "/"): string[] {
  const { stdout } = new Deno.Command(command, { args: [...args], cwd, clearEnv: true, env: { PATH: "/usr/bin:/bin" } })
    .outputSync();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

Deno.test("launcherText() starts what is beside it: by path, through a link, by name", async () => {
  await withLauncher((launcher, folder) => {
    const lib = join(folder, "spiderpool-lib");
    const calls = [
      outputOf(launcher, ["a b", "c"]),
      outputOf(join(folder, "../link"), ["a b", "c"]),
      outputOf("/bin/sh", ["p", "a b", "c"], folder),
    ];
    for (const [i, words] of calls.entries()) {
      const base = i === 2 ? "./spiderpool-lib" : lib;
      assert.equal(words[0], `[${base}/cache]`);
      assert.deepEqual(words.slice(-4), ["[--allow-env=A_*]", `[${base}/p-1.js]`, "[a b]", "[c]"]);
    }
  });
});
