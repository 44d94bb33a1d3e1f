import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "../../scripts/build/build.ts";
import { executablesOf } from "../../scripts/build/executables.ts";
import { repository, withTempFolder } from "../../scripts/build/folders.ts";
import { runCommand } from "../../scripts/build/run_command.ts";
import { waitUntil } from "../../scripts/cluster/wait.ts";
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

/** Calls the plugin until `ended`, and adds the commits that answered. */
async function callUntil(ended: () => boolean, { plugin, commits }: { plugin: string; commits: string[] }) {
  while (!ended()) {
    const { stdout } = await new Deno.Command(plugin, { args: ["--version"] }).output();
    commits.push(/commit (\w+),/.exec(new TextDecoder().decode(stdout))?.[1] ?? "none");
    const answer = await runPlugin(plugin, { env: { CNI_COMMAND: "VERSION" }, stdin: '{"cniVersion":"1.0.0"}' });
    assert.equal(answer.code, 0, answer.stderr);
  }
}

Deno.test("operations row 14.3: calls of a plugin succeed while it is installed again and again", async () => {
  await withTempFolder(async (folder) => {
    const to = join(folder, "bin");
    const names = ["aaaaaaaaaaaa", "bbbbbbbbbbbb"] as const;
    const builds = [await buildAs(names[0], join(folder, "a")), await buildAs(names[1], join(folder, "b"))];
    await install(builds[0] ?? "", to);
    let ended = false;
    const commits: string[] = [];
    const callers = [1, 2].map(() => callUntil(() => ended, { plugin: join(to, PLUGIN), commits }));
    const calls = Promise.all(callers).then(() => undefined);
    const rounds = async () => {
      for (let round = 1; round <= ROUNDS; round++) {
        await install(builds[round % 2] ?? "", to);
        const [since, name] = [commits.length, names[round % 2] ?? ""];
        const look = () => commits.includes(name, since) ? undefined : `${commits.slice(since)} did`;
        await waitUntil(look, { what: `have ${name} answer`, timeoutMs: 60_000, everyMs: 10 }); // so that each one is called
      }
    };
    await Promise.race([rounds(), calls]).finally(() => ended = true);
    await calls;
    assert.deepEqual([...new Set(commits)].sort(), names);
  });
});
