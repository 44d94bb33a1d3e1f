import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Cluster, nameHere, remainsOf } from "../../scripts/cluster/mod.ts";
import { printLine } from "../../scripts/print.ts";
import { waitUntil } from "../../scripts/cluster/wait.ts";
import { testUnless } from "../shared/skip.ts";
import { PATIENCE_MS } from "../e2e/patience.ts";
import { assertTraces, readTraces } from "./traces.ts";

const script = fileURLToPath(new URL("../../scripts/cluster.ts", import.meta.url));
const name = nameHere("sptx");

/** Points of `up` at which it is hit, told by what can be seen. */
const points = [
  { at: "the control plane's machine", sign: `cgroup ${name}-ctl` },
  { at: "a node's machine", sign: `cgroup ${name}-node-1` },
];

const obstacle = await Cluster.obstacle();

testUnless(obstacle, {
  name: "cluster: its programs are built",
  async fn() {
    await Cluster.build({ say: printLine }); // not a part of what is interrupted below
  },
});

for (const { at, sign } of points) {
  testUnless(obstacle, {
    name: `cluster up interrupted at ${at} cleans up`,
    async fn() {
      const before = await readTraces(name);
      const up = startUp();
      await seen(sign);
      up.kill("SIGINT");
      assert.equal((await up.status).code, 130);
      await assertTraces(name, before);
    },
  });

  testUnless(obstacle, {
    name: `cluster up killed at ${at}: up again works, down removes all`,
    async fn() {
      const before = await readTraces(name);
      const up = startUp();
      await seen(sign);
      up.kill("SIGKILL");
      await up.status;
      try {
        const cluster = await Cluster.up({ name, nodes: 1 });
        assert.match((await cluster.kubectl(["get", "nodes"])).stdout, /node-1 +Ready/);
      } finally {
        await Cluster.down(name);
      }
      await assertTraces(name, before);
    },
  });
}

function startUp(): Deno.ChildProcess {
  const args = ["run", "--allow-all", "--quiet", script, "up", "--name", name, "--nodes", "1"];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
}

async function seen(sign: string): Promise<void> {
  const look = async () => (await remainsOf(name)).includes(sign) ? undefined : "it is not there";
  await waitUntil(look, { what: `see ${sign}`, timeoutMs: PATIENCE_MS, everyMs: 10 });
}
