/**
 * A run of tests that leaves one thing of each kind, for `machine_traces_test.ts`: in mounts and a network namespace of its own.
 *
 * Arguments: TMPDIR of the run. Says `looked`, waits for a line, leaves what it leaves, prints what is found of it as JSON, and removes it.
 */
import { runTool } from "../tests/shared/run_tool.ts";
import { leftBehind, readMachineTraces } from "./machine_traces.ts";

if (import.meta.main) {
  const [temporary = ""] = Deno.args;
  const scope = { temporary, hasOwnMounts: true };
  const before = readMachineTraces(scope);
  Deno.stdout.writeSync(new TextEncoder().encode("looked\n"));
  Deno.stdin.readSync(new Uint8Array(1));
  runTool("ip", ["netns", "add", "left"]);
  runTool("ip", ["link", "add", "left0", "type", "veth", "peer", "name", "left1"]);
  runTool("ip", ["link", "add", "tied", "type", "veth", "peer", "name", "eth0", "netns", "left"]);
  const sleeper = new Deno.Command("sleep", { args: ["60"], clearEnv: true }).spawn();
  const left = leftBehind(before, readMachineTraces(scope));
  sleeper.kill("SIGKILL");
  await sleeper.status;
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(left)));
}
