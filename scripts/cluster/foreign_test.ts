import assert from "node:assert/strict";
import { ControlPlane } from "./control_plane_alone.ts";
import { abandonedMachines, ForeignClusterError, refuseForeign } from "./foreign.ts";
import { clusterPaths } from "./layout.ts";
import { listProcesses, readProcess } from "./processes.ts";
import { waitUntil } from "./wait.ts";

const name = `t${crypto.randomUUID().replaceAll("-", "").slice(0, 9)}`;

Deno.test("a cluster of another checkout is left alone, until that checkout is gone", async () => {
  await withMachine(async ({ folder, pid }) => {
    assert.throws(() => refuseForeign(name, "start"), new ForeignClusterError("start", name, folder));
    await assert.rejects(
      ControlPlane.down(name),
      /^ForeignClusterError: Cannot remove cluster "t\w+": one of that name/,
    );
    assert.notEqual(readProcess(pid), undefined, "it still runs");
    assert.deepEqual(abandonedHere(), []);
    await Deno.remove(folder, { recursive: true });
    assert.deepEqual(abandonedHere(), [`${name}-ctl`]);
    await ControlPlane.down(name);
    assert.equal(readProcess(pid), undefined);
  });
});

Deno.test("refuseForeign() lets be what is ours, and names that only begin alike", async () => {
  await withMachine(() => Promise.resolve(refuseForeign(name.slice(0, -1), "start")));
  await withMachine(() => Promise.resolve(refuseForeign(name, "start")), clusterPaths(name).folder);
});

function abandonedHere(): string[] {
  return abandonedMachines(listProcesses()).filter((machine) => machine.startsWith(name));
}

/** Calls `use` while a process has the command line of a machine's first one, whose data is in a checkout of its own. */
async function withMachine(
  use: (machine: { folder: string; pid: number }) => Promise<void>,
  data?: string,
): Promise<void> {
  const checkout = await Deno.makeTempDir();
  const script = `${checkout}/scripts/cluster/machine_init.sh`;
  const folder = data ?? `${checkout}/.cache/cluster/${name}`;
  await Deno.mkdir(script.slice(0, script.lastIndexOf("/")), { recursive: true });
  if (data === undefined) await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(script, "read forever\n");
  const args = ["sh", script, `${name}-ctl`, `${folder}/ctl`, "ctl"];
  const child = new Deno.Command("env", { args, stdin: "piped", stdout: "null" }).spawn();
  try {
    const isSeen = () => readProcess(child.pid)?.argv[0] === "sh" ? undefined : "it is not there";
    await waitUntil(isSeen, { what: "start the process", timeoutMs: 30_000, everyMs: 5 });
    await use({ folder, pid: child.pid });
  } finally {
    await child.stdin.close();
    await child.status;
    await Deno.remove(checkout, { recursive: true });
  }
}
