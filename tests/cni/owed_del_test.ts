/** A DEL that the agent cannot carry out is left for it: real plugin, and a real agent that comes later. */
import assert from "node:assert/strict";
import { createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import { systemClock } from "../../net/base/clock.ts";
import { jsonCall, pick } from "../kube/call.ts";
import { podBody } from "../kube/ipam_bodies.ts";
import { RestartWorld } from "../kube/restart_world.ts";
import { needsNetns } from "../shared/netns.ts";
import { testUnless } from "../shared/skip.ts";
import { TestAttachment } from "./attachment.ts";
import type { Answer } from "./fake_agent.ts";
import { builtPlugin, type PluginRun } from "./plugin_process.ts";
import { DEL } from "./spiderpool_case.ts";

/** Names of the notes beside `socket`. */
function notesBeside(socket: string): string[] {
  try {
    return [...Deno.readDirSync(socket.replace(/[^/]*$/, "owed-dels"))].map(({ name }) => name).sort();
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return [];
    throw err;
  }
}

/** Code of the spec's error; 0 when the call succeeded. */
function cniCodeOf({ code, stdout }: PluginRun): number {
  return code === 0 ? 0 : JSON.parse(stdout).code;
}

const answers: { name: string; answer: Answer; code: number; notes: string[] }[] = [
  { name: "hangs up", answer: undefined, code: 11, notes: ["c1@eth0.json"] },
  { name: "cannot do it now", answer: { status: 500, json: "later" }, code: 11, notes: ["c1@eth0.json"] },
  { name: "is overloaded", answer: { status: 503, json: "later" }, code: 999, notes: ["c1@eth0.json"] },
  { name: "refuses the request", answer: { status: 422, json: "no" }, code: 999, notes: [] },
  { name: "does it", answer: { status: 200 }, code: 0, notes: [] },
  { name: "does it late", answer: { status: 200, afterMs: 1_500 }, code: 0, notes: [] },
];
for (const { name, answer, code, notes } of answers) {
  testUnless(needsNetns(), {
    name: `a DEL of which the agent ${name} leaves ${notes.length} notes`,
    async fn() {
      await using attachment = new TestAttachment({ [DEL]: answer });
      assert.equal(cniCodeOf(await attachment.call("DEL")), code);
      assert.deepEqual(notesBeside(attachment.agent.socket), notes);
    },
  });
}

testUnless(needsNetns(), {
  name: "a DEL whose agent is silent leaves its note before the answer comes: the plugin may be killed meanwhile",
  async fn() {
    const looked = Promise.withResolvers<void>();
    await using attachment = new TestAttachment({ [DEL]: { status: 200, after: looked.promise } });
    const { socket } = attachment.agent;
    const call = attachment.call("DEL");
    await until("there is a note", () => notesBeside(socket).length === 1).finally(looked.resolve);
    assert.equal((await call).code, 0);
    assert.deepEqual(notesBeside(socket), []);
  },
});

testUnless(needsNetns(), {
  name: "a note that cannot be written leaves the DEL's own error",
  async fn() {
    await using attachment = new TestAttachment({ [DEL]: { status: 500, json: "later" } });
    Deno.writeTextFileSync(attachment.agent.socket.replace(/[^/]*$/, "owed-dels"), "in the way");
    const ended = await attachment.call("DEL");
    assert.equal(cniCodeOf(ended), 11);
    assert.match(ended.stdout, /500: later/);
    assert.ok(attachment.log().some((line) => JSON.stringify(line).includes("cannot leave a note of the DEL")));
  },
});

/** Waits for it. */
async function until(what: string, check: () => boolean): Promise<void> {
  for (let tries = 0; tries < 6_000; tries++) {
    if (check()) return;
    await systemClock.sleep(10);
  }
  throw new Error(`Cannot go on: it never happened that ${what}`);
}

/** A Pod that is served, and its attachment. */
async function served(world: RestartWorld): Promise<{ readonly podUID: string }> {
  const path = "/api/v1/namespaces/default/pods";
  const pod = await jsonCall(world.transport, { method: "POST", path, body: podBody("web-0") });
  const podUID = String(pick(pod, "metadata.uid"));
  const client = createAgentClient(unixExchange(world.socket, { timeoutMs: 30_000 }));
  await client.allocate({
    containerID: "c1",
    ifName: "eth0",
    netNamespace: "/run/netns/none",
    podNamespace: "default",
    podName: "web-0",
    podUID,
    defaultIPv4IPPool: ["v4a"],
  });
  return { podUID };
}

/** The runtime's DEL. */
async function del(world: RestartWorld, podUID: string): Promise<PluginRun> {
  const plugin = await builtPlugin("spiderpool");
  const ipam = {
    type: "spiderpool",
    ipam_unix_socket_path: world.socket,
    log_file_path: `${world.folder}/plugin.log`,
  };
  return await plugin.run({
    env: {
      CNI_COMMAND: "DEL",
      CNI_CONTAINERID: "c1",
      CNI_IFNAME: "eth0",
      CNI_PATH: "/opt/cni/bin",
      CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=${podUID}`,
    },
    stdin: { cniVersion: "1.0.0", name: "net", type: "macvlan", ipam },
  });
}

for (const { name, isTold } of [{ name: "with a UID", isTold: true }, { name: "without a UID", isTold: false }]) {
  Deno.test(`a DEL ${name} while the agent is dead is carried out by the next one, and nobody asks again`, async () => {
    await using world = await RestartWorld.create({ enableIPv6: false });
    await world.pool("v4a", "10.1.0.10");
    const first = world.agent();
    await first.start();
    const { podUID } = await served(world);
    assert.deepEqual(world.held("v4a"), [["10.1.0.10", podUID]]);
    await first.kill();
    const path = "/api/v1/namespaces/default/pods/web-0";
    await jsonCall(world.transport, { method: "DELETE", path, body: { gracePeriodSeconds: 0 } });
    const ended = await del(world, isTold ? podUID : "");
    assert.equal(cniCodeOf(ended), 11);
    assert.match(ended.stdout, /unhealthy spiderpool-agent backend/);
    assert.deepEqual(notesBeside(world.socket), ["c1@eth0.json"]);
    const next = world.agent();
    await next.start();
    await until("the address is free and the note gone", () => {
      return world.held("v4a").length === 0 && notesBeside(world.socket).length === 0;
    });
    assert.deepEqual(world.endpoints(), []);
    const lines = await next.logged(({ msg, message }) => (msg ?? message) === "carried out an owed DEL", { count: 1 });
    assert.equal(lines.length, 1);
  });
}
