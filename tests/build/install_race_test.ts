import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "../../scripts/build/build.ts";
import { executablesOf } from "../../scripts/build/executables.ts";
import { repository, withTempFolder } from "../../scripts/build/folders.ts";
import { runCommand } from "../../scripts/build/run_command.ts";
import { runPlugin } from "../cni/plugin_process.ts";

const ROUNDS = 6;

const PLUGIN = "spiderpool";

/** Builds the plugin as commit `commit`, which is another file. */
async function buildAs(commit: string, outDir: string): Promise<string> {
  const options = { executables: executablesOf([PLUGIN]), format: "bundle", outDir, commit } as const;
  await build(options, { obtainToolchain: () => Promise.reject(new Error("not wanted")), say: () => undefined });
  return outDir;
}

/** Installs in a process of its own, as an init container does. */
async function install(from: string, to: string): Promise<void> {
  const main = join(repository, "plugins/install/main.ts");
  const args = ["--from", from, "--to", to, PLUGIN];
  await runCommand([Deno.execPath(), "run", "--quiet", "--cached-only", "-A", main, ...args]);
}

/** Calls the plugin until `ended`; the commits that answered. */
async function callUntil(ended: () => boolean, plugin: string): Promise<string[]> {
  const commits: string[] = [];
  while (!ended()) {
    const { stdout } = await new Deno.Command(plugin, { args: ["--version"] }).output();
    commits.push(/commit (\w+),/.exec(new TextDecoder().decode(stdout))?.[1] ?? "none");
    const answer = await runPlugin(plugin, { env: { CNI_COMMAND: "VERSION" }, stdin: '{"cniVersion":"1.0.0"}' });
    assert.equal(answer.code, 0, answer.stderr);
  }
  return commits;
}

Deno.test("operations row 14.3: calls of a plugin succeed while it is installed again and again", async () => {
  await withTempFolder(async (folder) => {
    const to = join(folder, "bin");
    const builds = [await buildAs("aaaaaaaaaaaa", join(folder, "a")), await buildAs("bbbbbbbbbbbb", join(folder, "b"))];
    await install(builds[0] ?? "", to);
    let ended = false;
    const callers = [1, 2].map(() => callUntil(() => ended, join(to, PLUGIN)));
    for (let round = 1; round <= ROUNDS; round++) await install(builds[round % 2] ?? "", to);
    ended = true;
    const commits = new Set((await Promise.all(callers)).flat());
    assert.deepEqual([...commits].sort(), ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
  });
});
