/** What the skeleton of all plugins does before a verb begins, seen from outside: each of them as a process. */
import assert from "node:assert/strict";
import { needsNetns } from "../shared/netns.ts";
import { testUnless } from "../shared/skip.ts";
import { type CallChanges, TestAttachment } from "./attachment.ts";

/** The plugins that read CNI_ARGS. */
const ofPods = ["spiderpool", "coordinator"];
const all = [...ofPods, "ifacer"];

/** Registers a test for each plugin; the agent must not be asked anything in it. */
function envelopeTest(
  name: string,
  fn: (attachment: TestAttachment, plugin: string) => Promise<void>,
  { plugins = all }: { readonly plugins?: readonly string[] } = {},
): void {
  for (const plugin of plugins) {
    testUnless(needsNetns(), {
      name: `${plugin} ${name}`,
      async fn() {
        await using attachment = new TestAttachment();
        await fn(attachment, plugin);
        assert.deepEqual(attachment.agent.seen, []);
      },
    });
  }
}

envelopeTest("plugins row 1: without CNI_COMMAND it introduces itself on stderr", async (attachment, plugin) => {
  const { code, stdout, stderr } = await attachment.call("ADD", { plugin, env: { CNI_COMMAND: undefined } });
  assert.equal(code, 0);
  assert.equal(stdout, "");
  assert.match(stderr, /^\S.+\nCNI protocol versions supported: 0\.\d\.0, .*1\.1\.0\n$/);
});

interface Refusal extends CallChanges {
  readonly name: string;
  readonly command?: string;
  readonly code: number;
  readonly msg: RegExp;
  readonly details?: RegExp;
  /** @default all */
  readonly plugins?: readonly string[];
}

const v11 = { cniVersion: "1.1.0" };
const refusals: Refusal[] = [
  {
    name: "plugins row 2: ADD without CNI_NETNS and CNI_IFNAME",
    env: { CNI_NETNS: undefined, CNI_IFNAME: "" },
    code: 4,
    msg: /\[CNI_NETNS,CNI_IFNAME\]/,
  },
  {
    name: "plugins row 2: STATUS without CNI_PATH",
    command: "STATUS",
    env: { CNI_PATH: "" },
    conf: v11,
    code: 4,
    msg: /\[CNI_PATH\]/,
  },
  { name: "plugins row 4: stdin that is no JSON", stdin: "{", code: 6, msg: /Cannot read the network configuration/ },
  {
    name: "plugins row 4: two values on stdin",
    stdin: '{"name":"a"} {}',
    code: 6,
    msg: /Cannot read the network configuration/,
  },
  { name: "plugins row 4: a list on stdin", stdin: "[]", code: 6, msg: /cannot unmarshal array/ },
  {
    name: "plugins row 4: a number as name",
    stdin: '{"name":5}',
    code: 6,
    msg: /cannot unmarshal number .* of type string/,
  },
  {
    name: "plugins row 4: more on stdin than is ever read",
    stdin: " ".repeat(16 * 1024 * 1024 + 1),
    code: 5,
    msg: /^Cannot read stdin: it is longer than 16777216 bytes$/,
  },
  { name: "plugins row 5: no name", conf: { name: undefined }, code: 7, msg: /missing network name/ },
  { name: "plugins row 5: null as name", conf: { name: null }, code: 7, msg: /missing network name/ },
  { name: "plugins row 6: a blank in the name", conf: { name: "a b" }, code: 7, msg: /network name/, details: /"a b"/ },
  {
    name: "plugins row 7: a container ID with a dash first",
    env: { CNI_CONTAINERID: "-x" },
    code: 4,
    msg: /containerID/,
    details: /"-x"/,
  },
  {
    name: "plugins row 8: an interface name of 16 bytes",
    env: { CNI_IFNAME: "abcdefghijklmnop" },
    code: 4,
    msg: /too long/,
  },
  {
    name: "plugins row 8: an interface name of 16 bytes in 8 letters",
    env: { CNI_IFNAME: "éééééééé" },
    code: 4,
    msg: /too long/,
  },
  {
    name: "plugins row 8: the interface name ..",
    env: { CNI_IFNAME: ".." },
    code: 4,
    msg: /interface name is \. or \.\./,
  },
  {
    name: "plugins row 8: the interface name a/b",
    env: { CNI_IFNAME: "a/b" },
    code: 4,
    msg: /interface name contains/,
    details: /"a\/b"/,
  },
  { name: "plugins row 9: the verb FOO", command: "FOO", code: 4, msg: /unknown CNI_COMMAND: FOO/ },
  { name: "plugins row 9: a verb in lower case", command: "add", code: 4, msg: /unknown CNI_COMMAND: add/ },
  {
    name: "plugins row 12: ADD with 9.9.9",
    conf: { cniVersion: "9.9.9" },
    code: 1,
    msg: /incompatible/,
    details: /"9\.9\.9"/,
  },
  {
    name: "plugins row 12: ADD with no version at all",
    conf: { cniVersion: "new" },
    code: 1,
    msg: /incompatible/,
    details: /"new"/,
  },
  {
    name: "plugins row 13: CHECK with 0.3.1",
    command: "CHECK",
    conf: { cniVersion: "0.3.1" },
    code: 1,
    msg: /does not allow CHECK/,
  },
  { name: "plugins row 14: GC with 1.0.0", command: "GC", code: 1, msg: /does not allow GC/ },
  { name: "plugins row 14: STATUS with 1.0.0", command: "STATUS", code: 1, msg: /does not allow STATUS/ },
  {
    name: "plugins row 17: an unknown key in CNI_ARGS",
    plugins: ofPods,
    env: { CNI_ARGS: "A=1" },
    code: 4,
    msg: /CNI_ARGS: unknown args \["A"\]/,
  },
  {
    name: "plugins row 18: two = in one pair",
    plugins: ofPods,
    env: { CNI_ARGS: "A=b=c;IgnoreUnknown=1" },
    code: 4,
    msg: /"A=b=c" is no KEY=VALUE/,
  },
  {
    name: "plugins row 18: a ; at the end of CNI_ARGS",
    plugins: ofPods,
    env: { CNI_ARGS: "K8S_POD_NAME=a;" },
    code: 4,
    msg: /"" is no KEY=VALUE/,
  },
];
for (const { name, command = "ADD", code, msg, details, plugins = all, ...changes } of refusals) {
  envelopeTest(name, async (attachment, plugin) => {
    const run = await attachment.call(command, { ...changes, plugin });
    const error = JSON.parse(run.stdout);
    assert.equal(run.code, 1);
    assert.equal(error.code, code);
    assert.match(error.msg, msg);
    if (details !== undefined) assert.match(error.details, details);
    assert.ok(error.cniVersion !== undefined);
  }, { plugins });
}

envelopeTest("plugins row 8: the plugin's own namespace is refused with code 8", async (attachment, plugin) => {
  const run = await attachment.call("ADD", { plugin, env: { CNI_NETNS: "/proc/self/ns/net" } });
  assert.equal(JSON.parse(run.stdout).code, 8);
});

envelopeTest("plugins row 10: VERSION with an empty stdin is one line of all versions", async (attachment, plugin) => {
  const { code, stdout } = await attachment.call("VERSION", { plugin, stdin: "" });
  const { cniVersion, supportedVersions } = JSON.parse(stdout);
  assert.deepEqual([code, cniVersion, stdout.trimEnd().includes("\n")], [0, "1.1.0", false]);
  for (const version of ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]) assert.ok(supportedVersions.includes(version));
});
