/** The container tune-node of the DaemonSet: the agent's program, with the permissions that it ships with. */
import assert from "node:assert/strict";
import { readSysctlReport, sysctlReportOf } from "../../agent/sysctl/report_file.ts";
import { executablesOf } from "../../scripts/build/executables.ts";
import { permissionFlags } from "../../scripts/build/permissions.ts";
import { readSysctl, writeSysctl } from "../../net/host/mod.ts";
import { netnsTest, type TestNetns } from "../shared/netns.ts";

const repository = new URL("../../", import.meta.url).pathname;
const forwarding = "net/ipv4/conf/all/forwarding";
const arpNotify = "net/ipv4/conf/all/arp_notify";

/** Runs `spiderpool-agent tune-node` in a netns. @returns lines of its log, and what it handed on */
async function tuneNode(
  netns: TestNetns,
  conf: Readonly<Record<string, unknown>>,
): Promise<{ readonly lines: readonly string[]; readonly told: readonly string[] }> {
  const folder = await Deno.makeTempDir({ prefix: "tune-", dir: "/run" }); // where the agent may write
  const socket = `${folder}/agent/agent.sock`;
  try {
    await Deno.writeTextFile(`${folder}/conf.yml`, JSON.stringify({ ...conf, ipamUnixSocketPath: socket }));
    const [agent] = executablesOf(["spiderpool-agent"]);
    const flags = permissionFlags(agent!.needs, Deno.version.deno);
    const program = [Deno.execPath(), "run", "--quiet", "--cached-only", "--no-prompt", ...flags, agent!.entry];
    const env = { SPIDERPOOL_POD_NAME: "spiderpool-agent-x" };
    const args = ["netns", "exec", netns.name, ...program, "tune-node", "--config-path", `${folder}/conf.yml`];
    const { code, stdout, stderr } = await new Deno.Command("ip", { args, env, cwd: repository }).output();
    const decoder = new TextDecoder();
    assert.deepEqual([code, decoder.decode(stderr)], [0, ""]);
    const lines = decoder.decode(stdout).trimEnd().split("\n").map((line) => textOf(JSON.parse(line)));
    const told = readSysctlReport(sysctlReportOf(socket), env.SPIDERPOOL_POD_NAME) ?? [];
    return { lines, told: told.map(({ kind }) => kind) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a line is about. */
function textOf({ msg, sysctl, set, kept, missing, refused }: Record<string, unknown>): string {
  return sysctl === undefined ? `${msg} ${[set, kept, missing, refused].join(" ")}` : `${msg} ${sysctl}`;
}

netnsTest("agent 9: tune-node sets the sysctls of the node with the agent's own permissions, once", async (netns) => {
  netns.run(() => {
    writeSysctl("net/ipv4/conf/all/rp_filter", 0);
    writeSysctl(forwarding, 0);
    writeSysctl(arpNotify, 0);
  });
  const first = await tuneNode(netns, { enableIPv4: true });
  assert.deepEqual(first.told, ["missing", "set", "set", "kept"]);
  assert.deepEqual(first.lines.filter((line) => line.startsWith("sets")), [
    "sets a kernel parameter of the node net.ipv4.conf.all.arp_notify",
    "sets a kernel parameter of the node net.ipv4.conf.all.forwarding",
  ]);
  assert.deepEqual(netns.run(() => [readSysctl(forwarding), readSysctl(arpNotify)]), ["1", "1"]);
  const second = await tuneNode(netns, { enableIPv4: true });
  assert.deepEqual(second.told, ["missing", "kept", "kept", "kept"]);
  assert.equal(second.lines.at(-1), "has looked at the kernel parameters of the node 0 3 1 0");
});

netnsTest("agent 9: tune-node leaves the node alone where tuneSysctlConfig is false", async (netns) => {
  netns.run(() => writeSysctl(arpNotify, 0));
  const { lines, told } = await tuneNode(netns, { enableIPv4: true, tuneSysctlConfig: false });
  assert.deepEqual(told, []);
  assert.match(lines.join(), /^leaves the kernel parameters of the node alone: tuneSysctlConfig is off/);
  assert.equal(netns.run(() => readSysctl(arpNotify)), "0");
});
