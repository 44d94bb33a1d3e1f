import assert from "node:assert/strict";
import { join } from "node:path";
import { build, type BuildDeps, type Format } from "../../scripts/build/build.ts";
import { executables, executablesOf } from "../../scripts/build/executables.ts";
import { withTempFolder } from "../../scripts/build/folders.ts";
import { runCommand } from "../../scripts/build/run_command.ts";
import { systemToolchain } from "../../scripts/build/system_toolchain.ts";
import { NoBaseBinaryError } from "../../scripts/build/toolchain.ts";
import { FakeAgent } from "../cni/fake_agent.ts";
import { runPlugin } from "../cni/plugin_process.ts";
import { testUnless } from "../shared/skip.ts";
import { needsToolchain } from "./needs_toolchain.ts";

const commit = "0123456789ab";
const deps: BuildDeps = { obtainToolchain: () => systemToolchain(() => undefined), say: () => undefined };

const version = JSON.stringify({ cniVersion: "1.0.0" });

/** What each build must be able to do, wherever its folder is. */
async function checkBuild(outDir: string, format: Format): Promise<void> {
  await runCommand(["sha256sum", "--check", "--strict", "SHA256SUMS"], { cwd: outDir });
  for (const { name } of executables) {
    const line = await runCommand([join(outDir, name), "--version"]);
    assert.match(line, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(commit ${commit}, deno [\\d.]+, v8 [^)]+\\)\n$`));
    if (format === "bundle") assert(line.includes(`deno ${Deno.version.deno}, v8 ${Deno.version.v8}`), line);
  }
  const answer = await runPlugin(join(outDir, "spiderpool"), { env: { CNI_COMMAND: "VERSION" }, stdin: version });
  assert.deepEqual([answer.code, JSON.parse(answer.stdout).cniVersion], [0, "1.0.0"], answer.stderr);
  await checkAdd(join(outDir, "spiderpool"));
  await checkRefusals(outDir);
}

async function checkAdd(plugin: string): Promise<void> {
  await withTempFolder(async (folder) => {
    const ips = [{ version: 4, address: "10.1.0.10/24", gateway: "10.1.0.1", nic: "eth0", ipPool: "a", vlan: 0 }];
    await using agent = new FakeAgent(folder, { "POST /v1/ipam/ip": { status: 200, json: { ips, routes: [] } } });
    const ipam = { type: "spiderpool", ipam_unix_socket_path: agent.socket, log_file_path: join(folder, "log") };
    const env = {
      CNI_COMMAND: "ADD",
      CNI_CONTAINERID: "sandbox-1",
      CNI_NETNS: "/proc/self/ns/uts", // a namespace that is not the plugin's own; nothing is done in it
      CNI_IFNAME: "eth0",
      CNI_PATH: "/opt/cni/bin",
      CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=u1",
    };
    const stdin = { cniVersion: "1.0.0", name: "lan", type: "macvlan", master: "eth9", ipam };
    const { code, stdout, stderr } = await runPlugin(plugin, { env, stdin });
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(JSON.parse(stdout).ips, [{ address: "10.1.0.10/24", gateway: "10.1.0.1" }]);
  });
}

/** Real programs run into their limits, not only a probe. */
async function checkRefusals(outDir: string): Promise<void> {
  await withTempFolder(async (folder) => {
    const install = [join(outDir, "spiderpool-install"), "--from", outDir, "--to", join(folder, "bin")] as const;
    await assert.rejects(runCommand(install), /Requires write access to/);
    const conf = join(folder, "conf.yml");
    await Deno.writeTextFile(conf, `ipamUnixSocketPath: ${folder}/sockets/agent.sock\nenableIPv4: true\n`);
    const env = { SPIDERPOOL_POD_NAMESPACE: "a", SPIDERPOOL_POD_NAME: "b", SPIDERPOOL_NODE_NAME: "c" };
    const agent = [join(outDir, "spiderpool-agent"), "daemon", "--config-path", conf] as const;
    await assert.rejects(runCommand(agent, { env, timeoutMs: 120_000 }), /Requires write access to/);
  });
}

for (const format of ["bundle", "compile"] as const) {
  testUnless(format === "compile" ? needsToolchain() : undefined, {
    name: `format ${format}: checksums, --version, VERSION, ADD, and what is refused`,
    async fn() {
      await withTempFolder(async (folder) => {
        const outDir = join(folder, "built");
        const built = await build({ executables, format, outDir, commit }, deps);
        assert.equal(built.format, format);
        await Deno.rename(outDir, join(folder, "moved elsewhere"));
        await checkBuild(join(folder, "moved elsewhere"), format);
      });
    },
  });
}

Deno.test("format auto without a base binary says so and bundles; format compile fails", async () => {
  await withTempFolder(async (folder) => {
    const said: string[] = [];
    const error = new NoBaseBinaryError(["no network"], { version: "2.9.6", arch: "x86_64" });
    const offline = { obtainToolchain: () => Promise.reject(error), say: (line: string) => said.push(line) };
    const options = { executables: executablesOf(["spiderpool"]), outDir: join(folder, "built"), commit };
    const built = await build({ ...options, format: "auto" }, offline);
    assert.equal(built.format, "bundle");
    assert.match(said.join("\n"), /no network[^]*Falling back to format bundle/);
    await assert.rejects(build({ ...options, format: "compile" }, offline), NoBaseBinaryError);
  });
});

Deno.test("a build removes what an earlier one left, and nothing else", async () => {
  await withTempFolder(async (outDir) => {
    const options = { format: "bundle", outDir, commit } as const;
    await build({ ...options, executables }, deps);
    await Deno.writeTextFile(join(outDir, "mine"), "");
    await build({ ...options, executables: executablesOf(["spiderpool"]) }, deps);
    const names = [...Deno.readDirSync(outDir)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["SHA256SUMS", "mine", "spiderpool", "spiderpool-lib"]);
    const library = [...Deno.readDirSync(join(outDir, "spiderpool-lib"))].map(({ name }) => name.replace(/-.*/, ""));
    assert.deepEqual(library.sort(), ["deno", "spiderpool"]);
  });
});

testUnless(needsToolchain(), {
  name: "two builds of format compile give the same files",
  async fn() {
    await withTempFolder(async (folder) => {
      const options = { executables: executablesOf(["spiderpool"]), format: "compile", commit } as const;
      const first = await build({ ...options, outDir: join(folder, "a") }, deps);
      const second = await build({ ...options, outDir: join(folder, "b") }, deps);
      assert.deepEqual(first.files, second.files);
    });
  },
});
