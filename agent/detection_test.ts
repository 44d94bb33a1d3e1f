import assert from "node:assert/strict";
import type { IpamAddResponse, IpamService } from "./api/mod.ts";
import { defaultConf, parseConf } from "./config/conf.ts";
import { defaultProbeSettings } from "../net/probe/settings.ts";
import { detectionSettings, withDetection } from "./detection.ts";

function settingsOf(yaml: string) {
  return detectionSettings(parseConf(`agent: {detection: ${yaml}}`).conf.agent.detection);
}

const cases: { name: string; yaml: string; want: ReturnType<typeof detectionSettings> }[] = [
  { name: "nothing", yaml: "{}", want: {} },
  { name: "the defaults", yaml: "{conflictProbes: 1, interval: 100ms, silentGateway: fail}", want: {} },
  { name: "more probes", yaml: "{conflictProbes: 3, gatewayProbes: 5}", want: { conflictProbes: 3, gatewayProbes: 5 } },
  { name: "times", yaml: "{interval: 1.5s, linkWait: 20ms}", want: { intervalMs: 1500, linkWaitMs: 20 } },
  {
    name: "words",
    yaml: "{silentGateway: warn, announce: always}",
    want: { gatewayWarnOnly: true, announceAlways: true },
  },
];
for (const { name, yaml, want } of cases) {
  Deno.test(`detectionSettings() tells the plugin ${name}`, () => assert.deepEqual(settingsOf(yaml), want));
}

Deno.test("the plugin's own settings are the defaults of conf.yml", () => {
  const { conflictProbes, gatewayProbes, interval: intervalMs, linkWait: linkWaitMs } = defaultConf().agent.detection;
  assert.deepEqual({ conflictProbes, gatewayProbes, intervalMs, linkWaitMs }, defaultProbeSettings);
});

const bad = [
  "{conflictProbes: 0}",
  "{gatewayProbes: 11}",
  "{interval: 0s}",
  "{interval: 5s}",
  "{linkWait: 30s}",
  "{silentGateway: ignore}",
  "{announce: true}",
];
for (const yaml of bad) {
  Deno.test(`agent.detection ${yaml} is refused`, () => assert.throws(() => settingsOf(yaml), /agent\.detection\./));
}

const plain: IpamAddResponse = { ips: [{ version: 4, address: "10.0.0.5/24", nic: "eth0" }], routes: null };
const flagged: IpamAddResponse = {
  ips: [{ version: 4, address: "10.0.0.5/24", nic: "eth0", enableGatewayDetection: true }],
  routes: null,
};
const answers: { name: string; yaml: string; answer: IpamAddResponse; want: IpamAddResponse }[] = [
  {
    name: "no settings, by which the plugin knows this agent",
    yaml: "{}",
    answer: flagged,
    want: { ...flagged, detection: {} },
  },
  { name: "nothing to detect", yaml: "{gatewayProbes: 1}", answer: plain, want: plain },
  {
    name: "something to detect",
    yaml: "{gatewayProbes: 1}",
    answer: flagged,
    want: { ...flagged, detection: { gatewayProbes: 1 } },
  },
  {
    name: "something to announce",
    yaml: "{announce: always}",
    answer: plain,
    want: { ...plain, detection: { announceAlways: true } },
  },
];
for (const { name, yaml, answer, want } of answers) {
  Deno.test(`withDetection() answers with ${name}`, async () => {
    const service = { add: () => Promise.resolve(answer) } as Partial<IpamService> as IpamService; // only add is called
    const { agent: { detection } } = parseConf(`agent: {detection: ${yaml}}`).conf;
    const args = { containerID: "c", ifName: "eth0", netNamespace: "", podNamespace: "n", podName: "p", podUID: "u" };
    assert.deepEqual(await withDetection(service, () => detection).add(args, new AbortController().signal), want);
  });
}
