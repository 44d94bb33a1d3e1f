/** The log of a whole run of the agent's process: upstream's keys, one line for each failure, nothing secret. */
import assert from "node:assert/strict";
import { AGENT_TOKEN, attachmentOf, RunningAgent } from "./running_agent.ts";

const keys = ["CNICommand", "ContainerID", "IfName", "NetNamespace", "PodNamespace", "PodName", "PodUID"];

function linesOf(text: string): Record<string, unknown>[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("agent 12: the log of a run has upstream's keys, each failure once, and no secret", async () => {
  await using agent = await RunningAgent.start((folder) => ({ SPIDERPOOL_LOG_FILE: `${folder}/log/agent.log` }));
  const web = await agent.pod("web");
  await agent.client.allocate(web);
  await assert.rejects(agent.client.allocate(attachmentOf("gone", "u9")));
  await agent.client.release(web);
  assert.equal(await agent.process.stop(), 0);

  const text = await Deno.readTextFile(agent.process.logFile);
  const lines = linesOf(text);
  assert.ok(!text.includes(AGENT_TOKEN), "the token is in the log");
  for (const line of lines) assert.match(String(line["ts"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const ofAdd = lines.filter((line) => line["msg"] === "allocated address" || line["CNICommand"] !== undefined);
  assert.ok(ofAdd.length >= 3, text);
  for (const line of ofAdd) assert.deepEqual(keys.filter((key) => line[key] === undefined), [], JSON.stringify(line));
  const failures = lines.filter((line) => line["PodName"] === "gone" && line["level"] !== "DEBUG");
  assert.deepEqual(failures.map(({ level, msg }) => [level, msg]), [["WARN", "refused request"]]);
  assert.equal(await Deno.readTextFile(`${agent.folder}/log/agent.log`), text, "the file has the same lines");
});

Deno.test("agent 3, 4, 12: a start warns of unknown variables and keys by name, and shows no password of a URL", async () => {
  const conf = { iaasNetworkProvider: { serverUrl: "https://joe:p@ss@iaas:8443/v1" }, enableIpv4: true };
  await using agent = await RunningAgent.start(() => ({ SPIDERPOOL_LOGLEVEL: "debug" }), conf);
  const lines = await agent.process.log();
  const warned = lines.filter(({ level }) => level === "WARN").map(({ msg, key, meant }) => ({ msg, key, meant }));
  const odd = ["enableIpv4", "SPIDERPOOL_LOGLEVEL"]; // a test run has further variables of its own
  assert.deepEqual(warned.filter(({ key }) => odd.includes(String(key))), [
    { msg: "unknown key in conf.yml is ignored", key: "enableIpv4", meant: "enableIPv4" },
    { msg: "unknown environment variable is ignored", key: "SPIDERPOOL_LOGLEVEL", meant: "SPIDERPOOL_LOG_LEVEL" },
  ]);
  const text = await Deno.readTextFile(agent.process.logFile);
  assert.ok(text.includes('"serverUrl":"https://[removed]@iaas:8443/v1"'), "the start line shows the rest of the URL");
  assert.ok(!/joe|p@ss|ss@/.test(text), "and not its password");
});
