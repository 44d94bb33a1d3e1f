/** `spiderpool-init` as a program: command line, environment, exit status, log. */
import assert from "node:assert/strict";
import { systemRandom } from "../../net/base/random.ts";
import { cleanOptionsOf, exitCodes, runProgram } from "../../controller/init/run.ts";
import type { CleanArgs } from "../../controller/init/cli.ts";
import { spiderIPPools } from "../../crd/generated/mod.ts";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";
import { poolsPath } from "./objects.ts";

/** Runs the program in front of an API with one pool that `finalizer` holds. */
async function run(args: readonly string[], { finalizer = "spiderpool.spidernet.io" } = {}) {
  await using cluster = await Cluster.start({ pools: {} });
  const body = {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name: "p", finalizers: [finalizer] },
  };
  await cluster.create(poolsPath, body);
  const lines: string[] = [];
  let connected = 0;
  const running = runProgram({
    args,
    getenv: (name) => name === "SPIDERPOOL_POD_NAMESPACE" ? "spiderpool" : undefined,
    connect: () => (connected++, Promise.resolve({ request: (request) => cluster.transport.request(request) })),
    write: (line) => lines.push(line),
    clock: cluster.clock,
    random: systemRandom,
    stop: new AbortController().signal,
  });
  const code = await cluster.drive(running);
  return { code, connected, lines, left: cluster.snapshot(spiderIPPools).length };
}

testIpam("clean --yes deletes, says how much, and succeeds", async () => {
  const { code, lines, left } = await run(["clean", "--yes", "--keep-crds"]);
  assert.deepEqual([code, left], [exitCodes.done, 0]);
  assert.match(lines.join(""), /"kind":"SpiderIPPool","deleted":1/);
  assert.match(lines.at(-1) ?? "", /"msg":"clean"/);
});

testIpam("clean without --yes deletes nothing, says what it would delete, and does not count as success", async () => {
  const { code, lines, left } = await run(["clean"]);
  assert.deepEqual([code, left], [exitCodes.usage, 1]);
  assert.match(lines.join(""), /give --yes to delete these objects","objects":\{"SpiderIPPool":1\}/);
});

testIpam("clean fails when something is left, and names it", async () => {
  const { code, lines, left } = await run(["clean", "--yes", "--timeout", "0"], { finalizer: "example.com/keep" });
  assert.deepEqual([code, left], [exitCodes.failed, 1]);
  assert.match(lines.join(""), /still there: p \(held by finalizers of others: example\.com\/keep\)/);
});

for (const args of [["clean", "--everything"], ["clean", "--timeout", "soon"], ["init"], []]) {
  testIpam(`spiderpool-init ${args.join(" ")}: not usable, and nothing happens`, async () => {
    const { code, connected, left } = await run(args);
    assert.deepEqual([code, connected, left], [exitCodes.usage, 0, 1]);
  }, { onlyEmbedded: true });
}

for (const args of [["--help"], ["clean", "--help"], ["--version"]]) {
  testIpam(`spiderpool-init ${args.join(" ")} needs no cluster`, async () => {
    const { code, connected } = await run(args);
    assert.deepEqual([code, connected], [exitCodes.done, 0]);
  }, { onlyEmbedded: true });
}

const args: CleanArgs = {
  yes: true,
  keepCrds: false,
  allFinalizers: false,
  validate: "",
  mutating: "",
  agentDaemonset: "",
  timeout: 1,
  agentTimeout: 2,
};

Deno.test("cleanOptionsOf() takes namespace and init Job from the environment, and skips what is not named", () => {
  const env: Record<string, string> = { SPIDERPOOL_POD_NAMESPACE: "sp", SPIDERPOOL_INIT_NAME: "spiderpool-init" };
  assert.deepEqual(cleanOptionsOf({ ...args, agentDaemonset: "agent" }, (name) => env[name]), {
    validatingWebhook: "",
    mutatingWebhook: "",
    agents: { namespace: "sp", name: "agent" },
    initJob: { namespace: "sp", name: "spiderpool-init" },
    keepCrds: false,
    finalizers: "ours",
    timeoutMs: 1000,
    agentTimeoutMs: 2000,
  });
  const bare = cleanOptionsOf({ ...args, allFinalizers: true }, () => undefined);
  assert.deepEqual([bare.agents, bare.initJob, bare.finalizers], [undefined, undefined, "all"]);
  assert.throws(
    () => cleanOptionsOf({ ...args, agentDaemonset: "agent" }, () => undefined),
    /their namespace is not known; give --namespace/,
  );
});
