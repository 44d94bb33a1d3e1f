import assert from "node:assert/strict";
import { needsNetns } from "../shared/netns.ts";
import { testUnless } from "../shared/skip.ts";
import { type CallChanges, TestAttachment } from "./attachment.ts";

/** Registers a test of `spiderpool`; the numbers are those of the behaviours in the plugin specification. */
function pluginTest(name: string, fn: (attachment: TestAttachment) => Promise<void>): void {
  testUnless(needsNetns(), {
    name: `spiderpool ${name}`,
    async fn() {
      await using attachment = new TestAttachment({
        "POST /v1/ipam/ip": {
          status: 200,
          json: { ips: [{ version: 4, address: "10.0.0.5/24", nic: "eth0" }], routes: null },
        },
        "DELETE /v1/ipam/ip": { status: 200 },
        "GET /v1/ipam/healthy": { status: 200 },
        "POST /v1/ipam/gc": { status: 200, json: { freed: [], kept: 0 } },
      });
      await fn(attachment);
    },
  });
}

const refusals: (CallChanges & { readonly name: string; readonly msg: RegExp; readonly details: RegExp })[] = [
  {
    name: "plugins row 11: ADD with 0.2.0",
    conf: { cniVersion: "0.2.0" },
    msg: /unsupported specified CNI version/,
    details: /config is "0\.2\.0", plugin supports \["0\.3\.0" .*"1\.1\.0"\]/,
  },
  {
    name: "plugins row 11: ADD without a version",
    conf: { cniVersion: undefined },
    msg: /incompatible/,
    details: /"0\.1\.0"/,
  },
];
for (const { name, msg, details, ...changes } of refusals) {
  pluginTest(name, async (attachment) => {
    const run = await attachment.call("ADD", changes);
    const error = JSON.parse(run.stdout);
    assert.deepEqual([run.code, error.code], [1, 1]);
    assert.match(error.msg, msg);
    assert.match(error.details, details);
    assert.deepEqual(attachment.agent.seen, []);
  });
}

pluginTest("plugins row 8: the plugin's own namespace is fine where the runtime says so", async (attachment) => {
  const overridden = await attachment.call("ADD", {
    env: { CNI_NETNS: "/proc/self/ns/net", CNI_NETNS_OVERRIDE: "true" },
  });
  assert.equal(overridden.code, 0, overridden.stdout);
});

pluginTest("plugins row 3: DEL without CNI_NETNS is accepted", async (attachment) => {
  const run = await attachment.call("DEL", { env: { CNI_NETNS: undefined } });
  assert.deepEqual([run.code, run.stdout], [0, ""]);
});

const supported = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];
const versionCases: { stdin: string; want: string }[] = [
  { stdin: "", want: "1.1.0" },
  { stdin: '{"cniVersion":"0.4.0"}', want: "0.4.0" },
  { stdin: '{"cniVersion":"0.1.0"}', want: "1.1.0" },
];
for (const { stdin, want } of versionCases) {
  pluginTest(
    `plugins row 10: VERSION with ${stdin === "" ? "an empty stdin" : stdin} answers as ${want}`,
    async (attachment) => {
      const run = await attachment.call("VERSION", { stdin, env: { CNI_PATH: undefined, CNI_CONTAINERID: undefined } });
      assert.equal(run.stdout, `${JSON.stringify({ cniVersion: want, supportedVersions: supported })}\n`);
      assert.equal(run.code, 0);
    },
  );
}

for (const command of ["GC", "STATUS"]) {
  pluginTest(`plugins row 14: ${command} with 1.1.0 succeeds and prints nothing`, async (attachment) => {
    const run = await attachment.call(command, {
      conf: { cniVersion: "1.1.0", "cni.dev/valid-attachments": [] },
      env: { CNI_CONTAINERID: undefined, CNI_NETNS: undefined },
    });
    assert.deepEqual([run.code, run.stdout], [0, ""]);
  });
}

pluginTest("plugins row 14: STATUS without an agent is code 50", async (attachment) => {
  const run = await attachment.call("STATUS", {
    conf: { cniVersion: "1.1.0" },
    ipam: { ipam_unix_socket_path: "/nowhere/agent.sock" },
  });
  const error = JSON.parse(run.stdout);
  assert.equal(error.code, 50);
  assert.match(error.msg, /unhealthy spiderpool-agent backend/);
});

pluginTest("plugins row 15: keys in odd case are recognised", async (attachment) => {
  const stdin = JSON.stringify({
    CNIVersion: "1.0.0",
    NAME: "net",
    IPAM: { IPAM_Unix_Socket_Path: attachment.agent.socket, LOG_FILE_PATH: attachment.logPath, Clean_Gateway: true },
  });
  const run = await attachment.call("ADD", { stdin });
  assert.equal(run.code, 0, run.stdout);
  assert.equal(attachment.agent.seen[0]?.body.cleanGateway, true);
});

pluginTest(
  "plugins row 17: an unknown key in CNI_ARGS is fine with IgnoreUnknown, wherever it stands",
  async (attachment) => {
    for (const args of ["IgnoreUnknown=true;A=1", "A=1;IgnoreUnknown=TRUE"]) {
      assert.equal((await attachment.call("ADD", { env: { CNI_ARGS: args } })).code, 0, args);
    }
  },
);

pluginTest("plugins row 19: with debug logging stdout has the result and nothing else", async (attachment) => {
  const run = await attachment.call("ADD", { ipam: { log_level: "DEBUG" } });
  assert.deepEqual(JSON.parse(run.stdout), { cniVersion: "1.0.0", ips: [{ address: "10.0.0.5/24" }], dns: {} });
  assert.equal(run.stderr, "");
  assert.deepEqual(attachment.log().map(({ level, msg }) => [level, msg]), [
    ["DEBUG", "asks for addresses"],
    ["INFO", "got addresses"],
  ]);
  const { ts, ...line } = attachment.log()[0] ?? {};
  assert.match(String(ts), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(line, {
    level: "DEBUG",
    logger: "spiderpool",
    caller: "spiderpool/add.ts",
    msg: "asks for addresses",
    Action: "ADD",
    ContainerID: "c1",
    Netns: attachment.netns.path,
    IfName: "eth0",
    PodName: "web-0",
    PodNamespace: "ns1",
    PodUID: "u1",
    socket: attachment.agent.socket,
  });
});

pluginTest("plugins row 19: a log that cannot be written goes to stderr and fails nothing", async (attachment) => {
  const run = await attachment.call("ADD", { ipam: { log_file_path: "/proc/nowhere/spiderpool.log" } });
  assert.equal(run.code, 0, run.stdout);
  assert.match(run.stderr, /Cannot write \/proc\/nowhere\/spiderpool\.log: .*\n\{"level":"DEBUG"/);
});
