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
      });
      await fn(attachment);
    },
  });
}

pluginTest("1: without CNI_COMMAND it introduces itself on stderr", async (attachment) => {
  const { code, stdout, stderr } = await attachment.call("ADD", { env: { CNI_COMMAND: undefined } });
  assert.equal(code, 0);
  assert.equal(stdout, "");
  assert.match(stderr, /^Spiderpool IPAM .+\nCNI protocol versions supported: 0\.3\.0, .*1\.1\.0\n$/);
});

interface Refusal extends CallChanges {
  readonly name: string;
  readonly command?: string;
  readonly code: number;
  readonly msg: RegExp;
  readonly details?: RegExp;
}

const v11 = { cniVersion: "1.1.0" };
const refusals: Refusal[] = [
  {
    name: "2: ADD without CNI_NETNS and CNI_IFNAME",
    env: { CNI_NETNS: undefined, CNI_IFNAME: "" },
    code: 4,
    msg: /\[CNI_NETNS,CNI_IFNAME\]/,
  },
  {
    name: "2: STATUS without CNI_PATH",
    command: "STATUS",
    env: { CNI_PATH: "" },
    conf: v11,
    code: 4,
    msg: /\[CNI_PATH\]/,
  },
  { name: "4: stdin that is no JSON", stdin: "{", code: 6, msg: /Cannot read the network configuration/ },
  { name: "4: two values on stdin", stdin: '{"name":"a"} {}', code: 6, msg: /Cannot read the network configuration/ },
  { name: "4: a list on stdin", stdin: "[]", code: 6, msg: /cannot unmarshal array/ },
  { name: "4: a number as name", stdin: '{"name":5}', code: 6, msg: /cannot unmarshal number .* of type string/ },
  { name: "5: no name", conf: { name: undefined }, code: 7, msg: /missing network name/ },
  { name: "5: null as name", conf: { name: null }, code: 7, msg: /missing network name/ },
  { name: "6: a blank in the name", conf: { name: "a b" }, code: 7, msg: /network name/, details: /"a b"/ },
  {
    name: "7: a container ID with a dash first",
    env: { CNI_CONTAINERID: "-x" },
    code: 4,
    msg: /containerID/,
    details: /"-x"/,
  },
  { name: "8: an interface name of 16 bytes", env: { CNI_IFNAME: "abcdefghijklmnop" }, code: 4, msg: /too long/ },
  { name: "8: an interface name of 16 bytes in 8 letters", env: { CNI_IFNAME: "éééééééé" }, code: 4, msg: /too long/ },
  { name: "8: the interface name ..", env: { CNI_IFNAME: ".." }, code: 4, msg: /interface name is \. or \.\./ },
  {
    name: "8: the interface name a/b",
    env: { CNI_IFNAME: "a/b" },
    code: 4,
    msg: /interface name contains/,
    details: /"a\/b"/,
  },
  { name: "9: the verb FOO", command: "FOO", code: 4, msg: /unknown CNI_COMMAND: FOO/ },
  { name: "9: a verb in lower case", command: "add", code: 4, msg: /unknown CNI_COMMAND: add/ },
  {
    name: "11: ADD with 0.2.0",
    conf: { cniVersion: "0.2.0" },
    code: 1,
    msg: /unsupported specified CNI version/,
    details: /config is "0\.2\.0", plugin supports \["0\.3\.0" .*"1\.1\.0"\]/,
  },
  {
    name: "11: ADD without a version",
    conf: { cniVersion: undefined },
    code: 1,
    msg: /incompatible/,
    details: /"0\.1\.0"/,
  },
  { name: "11: ADD with 9.9.9", conf: { cniVersion: "9.9.9" }, code: 1, msg: /incompatible/, details: /"9\.9\.9"/ },
  {
    name: "11: ADD with no version at all",
    conf: { cniVersion: "new" },
    code: 1,
    msg: /incompatible/,
    details: /"new"/,
  },
  {
    name: "13: CHECK with 0.3.1",
    command: "CHECK",
    conf: { cniVersion: "0.3.1" },
    code: 1,
    msg: /does not allow CHECK/,
  },
  { name: "14: GC with 1.0.0", command: "GC", code: 1, msg: /does not allow GC/ },
  { name: "14: STATUS with 1.0.0", command: "STATUS", code: 1, msg: /does not allow STATUS/ },
  { name: "17: an unknown key in CNI_ARGS", env: { CNI_ARGS: "A=1" }, code: 4, msg: /CNI_ARGS: unknown args \["A"\]/ },
  {
    name: "18: two = in one pair",
    env: { CNI_ARGS: "A=b=c;IgnoreUnknown=1" },
    code: 4,
    msg: /"A=b=c" is no KEY=VALUE/,
  },
  { name: "18: a ; at the end of CNI_ARGS", env: { CNI_ARGS: "K8S_POD_NAME=a;" }, code: 4, msg: /"" is no KEY=VALUE/ },
];
for (const { name, command = "ADD", code, msg, details, ...changes } of refusals) {
  pluginTest(name, async (attachment) => {
    const run = await attachment.call(command, changes);
    const error = JSON.parse(run.stdout);
    assert.equal(run.code, 1);
    assert.equal(error.code, code);
    assert.match(error.msg, msg);
    if (details !== undefined) assert.match(error.details, details);
    assert.ok(error.cniVersion !== undefined);
    assert.deepEqual(attachment.agent.seen, []);
  });
}

pluginTest("8: the plugin's own namespace is refused with code 8", async (attachment) => {
  const run = await attachment.call("ADD", { env: { CNI_NETNS: "/proc/self/ns/net" } });
  assert.equal(JSON.parse(run.stdout).code, 8);
  assert.deepEqual(attachment.agent.seen, []);
  const overridden = await attachment.call("ADD", {
    env: { CNI_NETNS: "/proc/self/ns/net", CNI_NETNS_OVERRIDE: "true" },
  });
  assert.equal(overridden.code, 0, overridden.stdout);
});

pluginTest("3: DEL without CNI_NETNS is accepted", async (attachment) => {
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
  pluginTest(`10: VERSION with ${stdin === "" ? "an empty stdin" : stdin} answers as ${want}`, async (attachment) => {
    const run = await attachment.call("VERSION", { stdin, env: { CNI_PATH: undefined, CNI_CONTAINERID: undefined } });
    assert.equal(run.stdout, `${JSON.stringify({ cniVersion: want, supportedVersions: supported })}\n`);
    assert.equal(run.code, 0);
  });
}

for (const command of ["GC", "STATUS"]) {
  pluginTest(`14: ${command} with 1.1.0 succeeds and prints nothing`, async (attachment) => {
    const run = await attachment.call(command, {
      conf: v11,
      env: { CNI_CONTAINERID: undefined, CNI_NETNS: undefined },
    });
    assert.deepEqual([run.code, run.stdout], [0, ""]);
  });
}

pluginTest("14: STATUS without an agent is code 50", async (attachment) => {
  const run = await attachment.call("STATUS", { conf: v11, ipam: { ipam_unix_socket_path: "/nowhere/agent.sock" } });
  const error = JSON.parse(run.stdout);
  assert.equal(error.code, 50);
  assert.match(error.msg, /unhealthy spiderpool-agent backend/);
});

pluginTest("15: keys in odd case are recognised", async (attachment) => {
  const stdin = JSON.stringify({
    CNIVersion: "1.0.0",
    NAME: "net",
    IPAM: { IPAM_Unix_Socket_Path: attachment.agent.socket, LOG_FILE_PATH: attachment.logPath, Clean_Gateway: true },
  });
  const run = await attachment.call("ADD", { stdin });
  assert.equal(run.code, 0, run.stdout);
  assert.equal(attachment.agent.seen[0]?.body.cleanGateway, true);
});

pluginTest("17: an unknown key in CNI_ARGS is fine with IgnoreUnknown, wherever it stands", async (attachment) => {
  for (const args of ["IgnoreUnknown=true;A=1", "A=1;IgnoreUnknown=TRUE"]) {
    assert.equal((await attachment.call("ADD", { env: { CNI_ARGS: args } })).code, 0, args);
  }
});

pluginTest("19: with debug logging stdout has the result and nothing else", async (attachment) => {
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

pluginTest("19: a log that cannot be written goes to stderr and fails nothing", async (attachment) => {
  const run = await attachment.call("ADD", { ipam: { log_file_path: "/proc/nowhere/spiderpool.log" } });
  assert.equal(run.code, 0, run.stdout);
  assert.match(run.stderr, /Cannot write \/proc\/nowhere\/spiderpool\.log: .*\n\{"level":"DEBUG"/);
});
