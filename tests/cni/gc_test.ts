/** GC, STATUS and VERSION of `spiderpool` as processes: against an agent that a test plays, and against a real one. */
import assert from "node:assert/strict";
import { pods } from "../../crd/core/mod.ts";
import { needsNetns } from "../shared/netns.ts";
import { installPrograms } from "../shared/plugin_folder.ts";
import { endpointAddresses, poolState } from "../shared/pool_state.ts";
import { firstReason, needsPath, testUnless } from "../shared/skip.ts";
import { MAIN_PLUGINS, Stage } from "../shared/stage.ts";
import { callOf, confOf, type StagePod, startPod, stopPod } from "../shared/stage_pod.ts";
import type { CallChanges, TestAttachment } from "./attachment.ts";
import type { Answer } from "./fake_agent.ts";
import { pluginTest } from "./spiderpool_case.ts";

const GC = "POST /v1/ipam/gc";
const HEALTHY = "GET /v1/ipam/healthy";
const CAPACITY = "GET /v1/ipam/capacity?defaultIPv4IPPool=a&defaultIPv4IPPool=b&defaultIPv6IPPool=c";
const valid = [{ containerID: "c1", ifname: "eth0" }, { containerID: "c2", ifname: "net1" }];
const v11 = { cniVersion: "1.1.0" };
const ofNode = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined, CNI_ARGS: undefined };
const gone = { ipam_unix_socket_path: "/nowhere/agent.sock" };
const pools = { default_ipv4_ippool: ["a", "b"], default_ipv6_ippool: ["c"] };

function gcOf({ conf = {}, ...changes }: CallChanges = {}): CallChanges {
  return { env: ofNode, conf: { ...v11, "cni.dev/valid-attachments": valid, ...conf }, ...changes };
}

pluginTest({
  name: "plugins row 14: GC hands the network and what is valid to the agent, prints nothing and logs what was freed",
  answers: {
    [GC]: {
      status: 200,
      json: {
        freed: [{ podNamespace: "ns1", podName: "p", containerID: "c0", ifName: "eth0", addresses: ["10.0.0.1"] }],
        kept: 2,
      },
    },
  },
  async run(attachment) {
    const { code, stdout } = await attachment.call("GC", gcOf());
    assert.deepEqual([code, stdout], [0, ""]);
    assert.deepEqual(attachment.agent.seen.map(({ line, body }) => ({ line, body })), [{
      line: GC,
      body: {
        networkName: "net",
        validAttachments: [{ containerID: "c1", ifName: "eth0" }, { containerID: "c2", ifName: "net1" }],
      },
    }]);
    const [line] = attachment.log();
    assert.deepEqual([line?.msg, line?.network, line?.valid, line?.kept], ["collected garbage", "net", 2, 2]);
  },
});

interface Refusal extends CallChanges {
  readonly name: string;
  readonly command: "GC" | "STATUS";
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly code: number;
  readonly msg: RegExp;
  /** Requests that reached the agent. @default 0 */
  readonly requests?: number;
}

const unhealthy = /unhealthy spiderpool-agent backend/;
const refusals: Refusal[] = [
  {
    name: "GC with 1.0.0",
    command: "GC",
    ...gcOf({ conf: { cniVersion: "1.0.0" } }),
    code: 1,
    msg: /does not allow GC/,
  },
  { name: "STATUS with 1.0.0", command: "STATUS", env: ofNode, code: 1, msg: /does not allow STATUS/ },
  {
    name: "GC without CNI_PATH",
    command: "GC",
    ...gcOf({ env: { ...ofNode, CNI_PATH: "" } }),
    code: 4,
    msg: /CNI_PATH/,
  },
  {
    name: "GC with half an attachment",
    command: "GC",
    ...gcOf({ conf: { "cni.dev/valid-attachments": [{ containerID: "c1" }] } }),
    code: 7,
    msg: /attachment 0 has no ifname/,
  },
  { name: "GC without an agent", command: "GC", ...gcOf({ ipam: gone }), code: 11, msg: unhealthy },
  {
    name: "GC to upstream's agent",
    command: "GC",
    ...gcOf(),
    answers: { [GC]: { status: 404, json: { code: 404, message: "path /v1/ipam/gc was not found" } } },
    code: 105,
    msg: /cannot collect garbage: it is another one or too old/,
    requests: 1,
  },
  {
    name: "GC that could not free all",
    command: "GC",
    ...gcOf(),
    answers: { [GC]: { status: 500, json: "Cannot free the addresses of 1 of 2 Pods" } },
    code: 11,
    msg: /^spiderpool IP garbage collection error: .* 1 of 2 Pods$/,
    requests: 1,
  },
  {
    name: "GC with an answer that is none",
    command: "GC",
    ...gcOf(),
    answers: { [GC]: { status: 200, json: { freed: [] } } },
    code: 999,
    msg: /kept in body is required/,
    requests: 1,
  },
  { name: "STATUS without an agent", command: "STATUS", env: ofNode, conf: v11, ipam: gone, code: 50, msg: unhealthy },
  {
    name: "STATUS of an agent that is not well",
    command: "STATUS",
    env: ofNode,
    conf: v11,
    answers: { [HEALTHY]: { status: 500, json: "no" } },
    code: 50,
    msg: unhealthy,
    requests: 1,
  },
  {
    name: "STATUS that asks for pools, which are full",
    command: "STATUS",
    env: ofNode,
    conf: v11,
    ipam: { ...pools, status_checks_pools: true },
    answers: {
      [HEALTHY]: { status: 200 },
      [CAPACITY]: {
        status: 200,
        json: {
          families: [{ version: 4, pools: ["a", "b"], hasFree: false }, { version: 6, pools: ["c"], hasFree: true }],
        },
      },
    },
    code: 50,
    msg: /^no free IP address: IPv4 of "a", "b"$/,
    requests: 2,
  },
];
for (const { name, command, answers = {}, code, msg, requests = 0, ...changes } of refusals) {
  pluginTest({
    name: `plugins row 14: ${name} is code ${code}`,
    answers,
    async run(attachment) {
      const run = await attachment.call(command, changes);
      const error = JSON.parse(run.stdout);
      assert.deepEqual([run.code, error.code], [1, code], error.msg);
      assert.match(error.msg, msg);
      assert.equal(attachment.agent.seen.length, requests);
    },
  });
}

const wells: {
  name: string;
  ipam: Readonly<Record<string, unknown>>;
  answers: Readonly<Record<string, Answer>>;
  requests: number;
}[] = [
  { name: "does not look at pools unless it is told to", ipam: pools, answers: {}, requests: 1 },
  {
    name: "is well with free addresses",
    ipam: { ...pools, status_checks_pools: true },
    answers: { [CAPACITY]: { status: 200, json: { families: [{ version: 4, pools: ["a"], hasFree: true }] } } },
    requests: 2,
  },
  {
    name: "is well with an agent that cannot tell",
    ipam: { ...pools, status_checks_pools: true },
    answers: { [CAPACITY]: { status: 404, json: { code: 404, message: "not found" } } },
    requests: 2,
  },
];
for (const { name, ipam, answers, requests } of wells) {
  pluginTest({
    name: `plugins row 14: STATUS ${name}`,
    answers: { [HEALTHY]: { status: 200 }, ...answers },
    async run(attachment) {
      const { code, stdout } = await attachment.call("STATUS", { env: ofNode, conf: v11, ipam });
      assert.deepEqual([code, stdout], [0, ""]);
      assert.equal(attachment.agent.seen.length, requests);
    },
  });
}

pluginTest({
  name: "plugins row 14: GC of a runtime that does not say what it still has asks for nothing, and succeeds",
  async run(attachment) {
    const call = gcOf({ conf: { "cni.dev/valid-attachments": undefined } });
    const { code, stdout } = await attachment.call("GC", call);
    assert.deepEqual([code, stdout, attachment.agent.seen.length], [0, "", 0]);
  },
});

pluginTest({
  name: "ADD tells the agent the name of its network",
  async run(attachment) {
    assert.equal((await attachment.call("ADD")).code, 0);
    assert.equal(networkOf(attachment), "net");
  },
});

function networkOf({ agent }: TestAttachment): unknown {
  return agent.seen[0]?.body.networkName;
}

/** A GC as a main plugin hands it on, for what the runtime still has of `pods`. */
function gc(network: string, on: StagePod, still: readonly StagePod[]) {
  const { ipam } = confOf(on);
  const conf = {
    ...v11,
    name: network,
    type: "spiderpool",
    ipam,
    "cni.dev/valid-attachments": still.map(({ containerId }) => ({ containerID: containerId, ifname: "eth0" })),
  };
  return on.machine.runtime.call(conf, { ...callOf(on, "GC"), containerId: "", netns: "", ifname: "" });
}

testUnless(firstReason(needsNetns(), needsPath(`${MAIN_PLUGINS}/macvlan`, "Debian's containernetworking-plugins")), {
  name: "GC with macvlan and a real agent frees what a lost DEL left, and nothing else",
  async fn() {
    await using stage = await Stage.build({
      prefix: `spgc${Deno.pid}`,
      machines: ["a", "b"],
      pluginFolder: await installPrograms(),
      manifest: "manifests/examples/demo.yaml",
      say: () => undefined,
    });
    const [a, b] = stage.machines;
    assert(a !== undefined && b !== undefined);
    const started = await Promise.all(
      [["lost", a], ["living", a], ["ended", a], ["elsewhere", b]].map(async ([name, machine]) => {
        const { pod, answer } = await startPod(
          stage,
          { name, machine, pools: { v4: ["lan-v4"] } } as Parameters<typeof startPod>[1],
        );
        assert.equal(answer.code, 0, answer.result?.msg);
        return pod;
      }),
    );
    const [lost, living, ended, elsewhere] = started as [StagePod, StagePod, StagePod, StagePod];
    for (const { name } of [lost, ended, elsewhere]) {
      await stage.client(pods).delete({ namespace: "default", name }, { gracePeriodSeconds: 0 });
    }
    for (const { agent } of stage.machines) {
      await agent.kill(); // as when the node comes up again: it remembers no ADD
      await agent.start();
    }
    const all = Object.values((await poolState(stage, "lan-v4")).holders).sort();
    for (const [network, still] of [["storage", []], ["lan", [lost, ended, living]]] as const) {
      const { code, result } = await gc(network, living, still);
      assert.equal(code, 0, result?.msg);
      assert.deepEqual(Object.values((await poolState(stage, "lan-v4")).holders).sort(), all);
    }
    const { code, result } = await gc("lan", living, [ended]);
    assert.equal(code, 0, result?.msg);
    const holders = Object.values((await poolState(stage, "lan-v4")).holders).sort();
    assert.deepEqual(holders, ["default/elsewhere", "default/ended", "default/living"]);
    assert.deepEqual(await endpointAddresses(stage, "lost"), []);
    assert.equal((await stopPod(stage, living)).code, 0);
  },
});
