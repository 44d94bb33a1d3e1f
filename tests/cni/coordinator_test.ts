/** The built plugin as a runtime calls it: on a node of netns, with an agent that answers what a test tells it to. */
import assert from "node:assert/strict";
import { hostVethName } from "../../plugins/coordinator/names.ts";
import { exampleAgent } from "../../plugins/coordinator/plan_fixture.ts";
import { CoordinatorStage, ipText, reaches, type StagedPod } from "../shared/coordinator_stage.ts";
import { needsNetns } from "../shared/netns.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";
import { type Answer, FakeAgent } from "./fake_agent.ts";
import { builtPlugin, type PluginRun, runPlugin } from "./plugin_process.ts";

const CONFIG = "GET /v1/coordinator/config";

/** What a call changes of an ordinary one. */
interface CallChanges {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly conf?: Readonly<Record<string, unknown>>;
  /** When the plugin is killed. */
  readonly killAfterMs?: number;
}

/** A Pod with a macvlan on a stage, and the plugin. */
class Scene implements AsyncDisposable {
  readonly stage = new CoordinatorStage();
  readonly pod: StagedPod = this.stage.addPod("5f1c9a7be20d44aa91");
  readonly #folder = Deno.makeTempDirSync({ prefix: "coordinator-" });
  readonly agent: FakeAgent;

  constructor(answer: Answer = { status: 200, json: exampleAgent }) {
    this.agent = new FakeAgent(this.#folder, { [CONFIG]: answer, "GET /v1/ipam/healthy": { status: 200 } });
    const prefixes = ["172.22.17.50/20", "fd22:16::1750/64"];
    const gateways = ["172.22.16.1", "fd22:16::1"];
    this.stage.addMacvlan(this.pod, { name: "eth0", parent: "ens5", prefixes, gateways });
  }

  get prevResult(): Record<string, unknown> {
    return {
      cniVersion: "1.0.0",
      interfaces: [{ name: "eth0", mac: this.mac("eth0"), sandbox: this.pod.netns.path, vendor: "kept" }],
      ips: [{ address: "172.22.17.50/20", gateway: "172.22.16.1", interface: 0 }, {
        address: "fd22:16::1750/64",
        interface: 0,
      }],
      routes: [{ dst: "0.0.0.0/0", gw: "172.22.16.1" }],
      dns: {},
      note: { any: "thing" },
    };
  }

  mac(ifname: string): string {
    return / link\/ether (\S+)/.exec(ipText(this.pod.netns, "-o", "link", "show", ifname)[0] ?? "")?.[1] ?? "";
  }

  async call(command: string, { env = {}, conf = {}, ...options }: CallChanges = {}): Promise<PluginRun> {
    const { path } = await builtPlugin("coordinator");
    const variables = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: this.pod.containerId,
      CNI_NETNS: this.pod.netns.path,
      CNI_IFNAME: "eth0",
      CNI_PATH: "/opt/cni/bin",
      CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=web-0",
      ...env,
    };
    const stdin = {
      cniVersion: "1.0.0",
      name: "net",
      type: "coordinator",
      ipam_unix_socket_path: this.agent.socket,
      logOptions: { logFile: `${this.#folder}/coordinator.log` },
      prevResult: this.prevResult,
      ...conf,
    };
    const args = [`--net=${this.stage.node.path}`, path];
    return await runPlugin("/usr/bin/nsenter", { env: variables, stdin }, { args, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent[Symbol.asyncDispose]();
    this.stage[Symbol.dispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function sceneTest(name: string, body: (scene: Scene) => Promise<void>, answer?: Answer): void {
  testUnless(firstReason(needsNetns(), needsCommand("nsenter"), needsCommand("ping")), {
    name: `coordinator ${name}`,
    async fn() {
      await using scene = new Scene(answer);
      await body(scene);
    },
  });
}

function linkNames(scene: Scene): string[] {
  return ipText(scene.pod.netns, "-o", "link").map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? "");
}

function assertRefused(run: PluginRun, { code, msg }: { code: number; msg: RegExp }): void {
  const error = JSON.parse(run.stdout);
  assert.match(error.msg, msg);
  assert.deepEqual([run.code, error.code], [1, code]);
}

sceneTest("plugins rows 57, 83, 86, 88, 89: ADD, ADD again, CHECK, DEL", async (scene) => {
  const { stage, pod } = scene;
  const before = ipText(stage.node, "-o", "link").length;
  for (let i = 0; i < 2; i++) {
    const run = await scene.call("ADD");
    assert.equal(run.code, 0, run.stdout);
    assert.deepEqual(JSON.parse(run.stdout), scene.prevResult);
  }
  assert.deepEqual(scene.agent.seen[0]?.body, { podName: "web-0", podNamespace: "ns1" });
  assert.ok(reaches(pod.netns, "10.150.0.1"));
  assert.ok(reaches(stage.node, "172.22.17.50", { from: "192.0.2.11" }));
  const checked = await scene.call("CHECK");
  assert.deepEqual([checked.code, checked.stdout], [0, ""]);

  pod.netns.ip("rule", "del", "pref", "1000");
  stage.node.ip("route", "flush", "table", "500");
  assertRefused(await scene.call("CHECK"), {
    code: 101,
    msg: /route add 172\.22\.17\.50 dev veth5f1c9a7be20.*rule add from all fwmark/,
  });

  const gone = await scene.call("DEL", { conf: { ipam_unix_socket_path: "/nowhere/agent.sock" } }); // 89: DEL needs no agent
  assert.deepEqual([gone.code, gone.stdout], [0, ""]);
  assert.equal(ipText(stage.node, "-o", "link").length, before);
  assert.equal((await scene.call("DEL")).code, 0);
});

sceneTest("plugins row 87: DEL without a netns, with one that is gone, with one that is none", async (scene) => {
  assert.equal((await scene.call("ADD")).code, 0);
  const veth = hostVethName(scene.pod.containerId);
  const netns = [undefined, "/var/run/netns/none", "/etc/hostname"];
  for (const CNI_NETNS of netns) assert.equal((await scene.call("DEL", { env: { CNI_NETNS } })).code, 0);
  assert.ok(!ipText(scene.stage.node, "-o", "link").some((line) => line.includes(veth)));
});

sceneTest("plugins row 87: DEL with a configuration that nobody can mend", async (scene) => {
  const broken = { hostRuleTable: 254, prevResult: [], logOptions: { logLevel: "loud" } };
  for (const key of [{ vethMTU: "x" }, { podDefaultCniNic: "no link can be called so" }]) {
    assert.equal((await scene.call("ADD")).code, 0);
    const run = await scene.call("DEL", { conf: { ...broken, ...key }, env: { CNI_ARGS: "A=b=c" } });
    assert.deepEqual([run.code, run.stdout], [0, ""]);
    assert.equal(ipText(scene.stage.node, "route", "show", "table", "500").length, 0);
  }
});

sceneTest("plugins row 63: a link that is down is set up", async (scene) => {
  scene.pod.netns.ip("link", "set", "eth0", "down");
  scene.pod.netns.ip("addr", "add", "fd22:16::1750/64", "dev", "eth0", "nodad"); // went with the link
  const run = await scene.call("ADD");
  assert.equal(run.code, 0, run.stdout);
  assert.ok(reaches(scene.stage.node, "172.22.17.50"));
});

sceneTest("plugins rows 70, 71: the result has the new link-layer address; the queue is the Pod's", async (scene) => {
  const run = await scene.call("ADD", { conf: { podMACPrefix: "0a:1b", txQueueLen: 2000 } });
  assert.equal(run.code, 0, run.stdout);
  assert.equal(JSON.parse(run.stdout).interfaces[0].mac, "0a:1b:ac:16:11:32");
  assert.equal(JSON.parse(run.stdout).interfaces[0].vendor, "kept");
  assert.match(
    ipText(scene.pod.netns, "-o", "link", "show", "eth0")[0] ?? "",
    /qlen 2000.*link\/ether 0a:1b:ac:16:11:32/,
  );
  const prevResult = JSON.parse(run.stdout);
  assert.equal((await scene.call("CHECK", { conf: { podMACPrefix: "0a:1b", prevResult } })).code, 0);
});

for (const mode of ["disable", "disabled"]) {
  sceneTest(`plugins row 48: mode ${mode} prints prevResult and touches nothing`, async (scene) => {
    const run = await scene.call("ADD", { conf: { mode } });
    assert.deepEqual([run.code, JSON.parse(run.stdout)], [0, scene.prevResult]);
    assert.deepEqual(linkNames(scene), ["lo", "eth0"]);
    const bare = await scene.call("ADD", { conf: { mode, prevResult: undefined } });
    assert.deepEqual(JSON.parse(bare.stdout), { cniVersion: "1.0.0", dns: {} });
    assert.deepEqual(scene.agent.seen, []);
  });
}

sceneTest("plugins row 48: mode disabled of the agent touches nothing", async (scene) => {
  const run = await scene.call("ADD");
  assert.deepEqual([run.code, JSON.parse(run.stdout)], [0, scene.prevResult]);
  assert.deepEqual(linkNames(scene), ["lo", "eth0"]);
}, { status: 200, json: { ...exampleAgent, mode: "disabled" } });

sceneTest("plugins row 49: what the agent refuses", async (scene) => {
  assertRefused(await scene.call("ADD"), { code: 100, msg: /500: failed to get pod ns1\/web-0$/ });
}, { status: 500, json: "failed to get pod ns1/web-0" });

const { serviceCIDR: _, ...withoutServices } = exampleAgent;
sceneTest("plugins row 50: an answer without serviceCIDR", async (scene) => {
  assertRefused(await scene.call("ADD"), { code: 999, msg: /serviceCIDR in body is required/ });
}, { status: 200, json: withoutServices });

sceneTest("plugins row 49: no agent", async (scene) => {
  const conf = { ipam_unix_socket_path: "/nowhere/agent.sock" };
  assertRefused(await scene.call("ADD", { conf }), { code: 11, msg: /unhealthy spiderpool-agent backend/ });
  const status = await scene.call("STATUS", { conf: { ...conf, cniVersion: "1.1.0" } });
  assertRefused(status, { code: 50, msg: /unhealthy/ });
});

const bad: readonly { name: string; changes: CallChanges; code: number; msg: RegExp }[] = [
  {
    name: "plugins row 84: no prevResult",
    changes: { conf: { prevResult: undefined } },
    code: 7,
    msg: /no prevResult/,
  },
  {
    name: "plugins row 85: prevResult of another generation",
    changes: { conf: { prevResult: { cniVersion: "0.4.0", ips: [] } } },
    code: 7,
    msg: /it is of version 0\.4\.0, the configuration of 1\.0\.0/,
  },
  { name: "plugins row 12: version 9.9.9", changes: { conf: { cniVersion: "9.9.9" } }, code: 1, msg: /9\.9\.9/ },
  { name: "plugins row 17: an unknown argument", changes: { env: { CNI_ARGS: "A=1" } }, code: 4, msg: /unknown args/ },
  { name: "plugins row 53: vethMTU 0", changes: { conf: { vethMTU: 0 } }, code: 7, msg: /vethMTU 0/ },
];
for (const { name, changes, code, msg } of bad) {
  sceneTest(`${name} is refused, and nothing is touched`, async (scene) => {
    assertRefused(await scene.call("ADD", changes), { code, msg });
    assert.deepEqual(linkNames(scene), ["lo", "eth0"]);
  });
}

for (const cniVersion of ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]) {
  sceneTest(`prevResult of ${cniVersion} comes back as it was`, async (scene) => {
    const ips = [{ address: "172.22.17.50/20", ...(cniVersion < "1" ? { version: "4" } : {}) }];
    const prevResult = cniVersion < "0.3" ? { cniVersion, ip4: { ip: "172.22.17.50/20" } } : { cniVersion, ips };
    const run = await scene.call("ADD", { conf: { cniVersion, prevResult } });
    assert.deepEqual([run.code, JSON.parse(run.stdout)], [0, prevResult]);
  });
}

sceneTest("plugins row 14: GC and STATUS succeed, CHECK needs 0.4.0", async (scene) => {
  for (const command of ["GC", "STATUS"]) {
    const run = await scene.call(command, { conf: { cniVersion: "1.1.0" } });
    assert.deepEqual([run.code, run.stdout], [0, ""]);
  }
  assertRefused(await scene.call("CHECK", { conf: { cniVersion: "0.3.1" } }), { code: 1, msg: /CHECK/ });
});

sceneTest("kill -9 at any moment, then DEL leaves nothing on the node, then ADD works", async (scene) => {
  const { node } = scene.stage;
  const before = ipText(node, "-o", "link").length;
  const startedMs = performance.now();
  assert.equal((await scene.call("ADD")).code, 0);
  const wholeMs = performance.now() - startedMs;
  for (let i = 0; i < 8; i++) {
    assert.equal((await scene.call("DEL")).code, 0);
    assert.equal(ipText(node, "-o", "link").length, before);
    assert.deepEqual(ipText(node, "route", "show", "table", "500"), []);
    await scene.call("ADD", { killAfterMs: wholeMs * (0.4 + i * 0.08) }); // the steps are near the end
  }
  const run = await scene.call("ADD");
  assert.equal(run.code, 0, run.stdout);
  assert.ok(reaches(scene.pod.netns, "10.150.0.1"));
});
