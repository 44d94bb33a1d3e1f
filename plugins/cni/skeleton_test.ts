import assert from "node:assert/strict";
import { CniError } from "./errors.ts";
import { FakeIo } from "./fake_io.ts";
import { type Command, type Plugin, runPlugin } from "./skeleton.ts";
import { cniVersions } from "./versions.ts";

const env = {
  CNI_COMMAND: "ADD",
  CNI_CONTAINERID: "c1",
  CNI_NETNS: "/pod",
  CNI_IFNAME: "eth0",
  CNI_PATH: "/bin",
};
const namespaces = { "/pod": { dev: 4, ino: 2 }, "/host": { dev: 4, ino: 1 } };

function pluginOf(command: Command): Plugin {
  const load = () => Promise.resolve(command);
  const commands = { ADD: load, DEL: load, CHECK: load, GC: load, STATUS: load };
  return { about: "Test", supportedVersions: cniVersions, commands };
}

const failures: { name: string; throws: unknown; want: Record<string, unknown> }[] = [
  { name: "an error", throws: new TypeError("Cannot do"), want: { cniVersion: "0.4.0", code: 999, msg: "Cannot do" } },
  { name: "a string", throws: "no", want: { cniVersion: "0.4.0", code: 999, msg: "no" } },
  {
    name: "an error with a code",
    throws: new CniError(11, "later", { details: "busy" }),
    want: { cniVersion: "0.4.0", code: 11, msg: "later", details: "busy" },
  },
];
for (const { name, throws, want } of failures) {
  Deno.test(`plugins row 16: runPlugin() tells the runtime of a handler that throws ${name}`, async () => {
    const io = new FakeIo({ env, namespaces, stdin: '{"cniVersion":"0.4.0","name":"n"}' });
    const status = await runPlugin(pluginOf(() => Promise.reject(throws)), io);
    assert.equal(status, 1);
    assert.equal(io.out, JSON.stringify(want, null, 4));
  });
}

Deno.test("plugins row 16: runPlugin() tells the runtime of code that cannot be loaded", async () => {
  const io = new FakeIo({ env, namespaces, stdin: '{"name":"n"}' });
  const load = () => Promise.reject(new Error("Cannot load"));
  const plugin = {
    ...pluginOf(() => Promise.resolve("")),
    commands: { ADD: load, DEL: load, CHECK: load, GC: load, STATUS: load },
  };
  assert.equal(await runPlugin(plugin, io), 1);
  assert.deepEqual(JSON.parse(io.out), { cniVersion: "0.1.0", code: 999, msg: "Cannot load" });
});

Deno.test("runPlugin() names the newest version while the config's is not known", async () => {
  const io = new FakeIo({ env, namespaces, stdin: "{" });
  await runPlugin(pluginOf(() => Promise.resolve("")), io);
  assert.equal(JSON.parse(io.out).cniVersion, "1.1.0");
});

Deno.test("runPlugin() gives the handler the checked call, and prints what it says", async () => {
  const io = new FakeIo({ env: { ...env, CNI_ARGS: "A=b" }, namespaces, stdin: '{"name":"n","Own":1}' });
  const plugin = pluginOf(({ environment, config, cniVersion }) => {
    assert.deepEqual(environment, {
      command: "ADD",
      containerId: "c1",
      netns: "/pod",
      ifname: "eth0",
      args: "A=b",
      path: "/bin",
    });
    assert.deepEqual(config, { cniVersion: "", name: "n", json: { name: "n", Own: 1 } });
    assert.equal(cniVersion, "0.1.0");
    return Promise.resolve("said");
  });
  assert.equal(await runPlugin(plugin, io), 0);
  assert.equal(io.out, "said");
});

const own: { command: string; netns: string; override?: string; code: number | undefined }[] = [
  { command: "ADD", netns: "/host", code: 8 },
  { command: "DEL", netns: "/host", code: 8 },
  { command: "CHECK", netns: "/host", code: undefined },
  { command: "ADD", netns: "/host", override: "1", code: undefined },
  { command: "ADD", netns: "/host", override: "no", code: 8 },
  { command: "ADD", netns: "/pod", code: undefined },
  { command: "DEL", netns: "", code: undefined },
  { command: "DEL", netns: "/gone", code: undefined },
];
for (const { command, netns, override, code } of own) {
  const title = `${command} in ${netns === "" ? "no namespace" : netns}${
    override === undefined ? "" : ` with override ${override}`
  }`;
  Deno.test(`runPlugin() ${code === undefined ? "lets through" : "refuses"} ${title}`, async () => {
    const variables = { ...env, CNI_COMMAND: command, CNI_NETNS: netns };
    const io = new FakeIo({
      env: override === undefined ? variables : { ...variables, CNI_NETNS_OVERRIDE: override },
      namespaces,
      stdin: '{"cniVersion":"1.1.0","name":"n"}',
    });
    await runPlugin(pluginOf(() => Promise.resolve("")), io);
    assert.equal(io.out === "" ? undefined : JSON.parse(io.out).code, code);
  });
}
