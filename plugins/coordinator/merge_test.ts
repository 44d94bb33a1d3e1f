import assert from "node:assert/strict";
import type { CoordinatorConfig } from "../../agent/api/mod.ts";
import { formatPrefix } from "../../net/ip/mod.ts";
import { seededRandom } from "../../net/base/random.ts";
import { CniError, type NetConf } from "../cni/mod.ts";
import { agentAddressOf, type CoordinatorConf, logOptionsOf, parseCoordinatorConf } from "./config.ts";
import { mergeSettings } from "./merge.ts";
import { exampleAgent } from "./plan_fixture.ts";

function hijacked(conf: CoordinatorConf, agent: Partial<CoordinatorConfig> = {}): string[] {
  return mergeSettings(conf, { ...exampleAgent, ...agent }).hijacked.map(formatPrefix);
}

Deno.test("plugins row 51: a list of the configuration replaces the agent's, an empty one does not", () => {
  const all = ["10.160.0.0/16", "10.150.0.0/16", "fd10:150::/112"];
  assert.deepEqual(hijacked({ hijackCIDR: ["10.1.2.3"] }), [...all, "10.1.2.3/32"]);
  assert.deepEqual(hijacked({ hijackCIDR: [] }), [...all, "169.254.25.0/24"]);
  assert.deepEqual(hijacked({ serviceCIDR: [" fd00::1/64 "] }), ["10.160.0.0/16", "fd00::/64", "169.254.25.0/24"]);
  assert.deepEqual(hijacked({}, { hijackCIDR: null }), all);
});

Deno.test("plugins row 52: the configuration's link of the default route wins over the agent's", () => {
  const link = (podDefaultRouteNic?: string) =>
    mergeSettings(podDefaultRouteNic === undefined ? {} : { podDefaultRouteNic }, {
      ...exampleAgent,
      podDefaultRouteNIC: "net1",
    }).defaultRouteLink;
  assert.deepEqual([link(), link(""), link("eth0")], ["net1", "net1", "eth0"]);
});

Deno.test("mergeSettings() without the agent has the defaults", () => {
  const settings = mergeSettings({}, {});
  assert.deepEqual(settings, {
    mode: "auto",
    firstLink: "eth0",
    hijacked: [],
    policyRoutes: [],
    tunePodRoutes: true,
    defaultRouteLink: "",
    macPrefix: undefined,
    hostRuleTable: 500,
    podRpFilter: 0,
    txQueueLength: undefined,
    vethLinkAddress: undefined,
    vethMtu: 1500,
    excludedHostAddresses: [],
  });
});

const values: readonly { name: string; conf: CoordinatorConf; agent?: Partial<CoordinatorConfig>; want: unknown }[] = [
  { name: "plugins row 53: vethMTU of the agent", conf: {}, agent: { vethMTU: 9000 }, want: { vethMtu: 9000 } },
  {
    name: "plugins row 53: vethMTU of the configuration",
    conf: { vethMTU: 1400 },
    agent: { vethMTU: 9000 },
    want: { vethMtu: 1400 },
  },
  { name: "plugins row 54: podRPFilter 2", conf: { podRPFilter: 2 }, want: { podRpFilter: 2 } },
  { name: "plugins row 54: podRPFilter -1", conf: { podRPFilter: -1 }, want: { podRpFilter: undefined } },
  {
    name: "plugins row 54: podRPFilter -2 of the agent",
    conf: {},
    agent: { podRPFilter: -2 },
    want: { podRpFilter: undefined },
  },
  {
    name: "plugins row 54: podRPFilter 0 over the agent's",
    conf: { podRPFilter: 0 },
    agent: { podRPFilter: 2 },
    want: { podRpFilter: 0 },
  },
  { name: "plugins row 55: 0a:1b", conf: { podMACPrefix: "0a:1b" }, want: { macPrefix: Uint8Array.of(0x0a, 0x1b) } },
  { name: "plugins row 55: 0A:1B", conf: { podMACPrefix: "0A:1B" }, want: { macPrefix: Uint8Array.of(0x0a, 0x1b) } },
  { name: "plugins row 48: mode disable", conf: { mode: "disable" }, want: { mode: "disabled" } },
  { name: "tunePodRoutes false", conf: { tunePodRoutes: false }, want: { tunePodRoutes: false } },
  { name: "hostRuleTable 256", conf: { hostRuleTable: 256 }, want: { hostRuleTable: 256 } },
  { name: "hostRuleTable 0 of the agent", conf: {}, agent: { hostRuleTable: 0 }, want: { hostRuleTable: 500 } },
];
for (const { name, conf, agent = {}, want } of values) {
  Deno.test(name, () => {
    assert.partialDeepStrictEqual(mergeSettings(conf, { ...exampleAgent, ...agent }), want);
  });
}

const refusals: readonly { name: string; conf: CoordinatorConf; want: RegExp }[] = [
  {
    name: "plugins row 53: vethMTU 0",
    conf: { vethMTU: 0 },
    want: /^Cannot use vethMTU 0: it must be 68–65535 bytes$/,
  },
  { name: "plugins row 53: vethMTU -5", conf: { vethMTU: -5 }, want: /vethMTU -5/ },
  { name: "plugins row 54: podRPFilter 3", conf: { podRPFilter: 3 }, want: /podRPFilter 3/ },
  {
    name: "plugins row 55: 0a1b",
    conf: { podMACPrefix: "0a1b" },
    want: /podMACPrefix "0a1b": it must be two hexadecimal pairs/,
  },
  { name: "plugins row 55: zz:00", conf: { podMACPrefix: "zz:00" }, want: /podMACPrefix/ },
  { name: "plugins row 55: 0a-1b", conf: { podMACPrefix: "0a-1b" }, want: /podMACPrefix/ },
  { name: "plugins row 55: 01:00", conf: { podMACPrefix: "01:00" }, want: /must be unicast/ },
  { name: "plugins row 55: 0b:00", conf: { podMACPrefix: "0b:00" }, want: /must be unicast/ },
  {
    name: "plugins row 56: policyRoutes of two families",
    conf: { policyRoutes: [{ dst: "10.0.0.0/8", gw: "fd00::1" }] },
    want: /policyRoutes "10\.0\.0\.0\/8 via fd00::1": .* different families/,
  },
  {
    name: "plugins row 56: policyRoutes without a gateway",
    conf: { policyRoutes: [{ dst: "10.0.0.0/8", gw: "" }] },
    want: /policyRoutes ""/,
  },
  ...(["overlayPodCIDR", "serviceCIDR", "hijackCIDR", "hostAddressExclude"] as const).map((key) => ({
    name: `${key} of 1025 prefixes`,
    conf: { [key]: Array.from({ length: 1025 }, (_, i) => `10.0.${i >> 8}.${i & 255}`) },
    want: new RegExp(`Cannot use ${key}: it has 1025 elements, at most 1024 are used`),
  })),
  {
    name: "policyRoutes of 1025 routes",
    conf: { policyRoutes: Array.from({ length: 1025 }, () => ({ dst: "10.0.0.0/8", gw: "10.1.0.1" })) },
    want: /Cannot use policyRoutes: it has 1025 elements, at most 1024 are used/,
  },
  { name: "mode both", conf: { mode: "both" }, want: /unknown tuneMode/ },
  { name: "hijackCIDR x", conf: { hijackCIDR: ["x"] }, want: /hijackCIDR "x"/ },
  { name: "vethLinkAddress 169.254.1", conf: { vethLinkAddress: "169.254.1" }, want: /vethLinkAddress "169\.254\.1"/ },
  ...[-1, 0, 253, 254, 255, 2 ** 32].map((hostRuleTable) => ({
    name: `hostRuleTable ${hostRuleTable}`,
    conf: { hostRuleTable },
    want: /it must be 1–252 or 256–4294967295/,
  })),
];
for (const { name, conf, want } of refusals) {
  Deno.test(`${name} is refused with code 7`, () => {
    assert.throws(() => mergeSettings(conf, exampleAgent), { name: "CniError", code: 7, message: want });
  });
}

function netConf(json: unknown): NetConf {
  return { cniVersion: "1.0.0", name: "n", json };
}

Deno.test("plugins row 15: keys in any letter case; the log has its defaults without a level", () => {
  assert.deepEqual(
    parseCoordinatorConf(netConf({ PodDefaultRouteNIC: "net1", Mode: "auto", other: 1, hostRPFilter: 0 })),
    {
      podDefaultRouteNic: "net1",
      mode: "auto",
    },
  );
  assert.deepEqual(logOptionsOf(netConf({ logOptions: { logFile: "/x" } })), {
    level: "debug",
    path: "/x",
    maxSizeMb: 100,
    maxAgeDays: 0,
    maxCount: 0,
  });
  assert.throws(() => agentAddressOf({ agent_timeout_ms: 0 }), { code: 7 });
});

const oddities = [null, true, -1, 0.5, 1e20, "", "x", "10.0.0.1", "fd00::/129", [], [1], ["10.0.0.0/8"], {}, [{}], [{
  dst: 1,
}]];
const keys = [
  "mode",
  "hijackCIDR",
  "policyRoutes",
  "podMACPrefix",
  "hostRuleTable",
  "podRPFilter",
  "txQueueLen",
  "vethMTU",
];

Deno.test("any configuration is settings or an error of code 7", () => {
  const random = seededRandom(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let accepted = 0;
  for (let i = 0; i < 3000; i++) {
    const json = Object.fromEntries(
      Array.from({ length: 2 }, () => [pick([...keys, "vethLinkAddress"]), pick(oddities)]),
    );
    try {
      mergeSettings(parseCoordinatorConf(netConf(json)), exampleAgent);
      accepted++;
    } catch (err) {
      assert.ok(err instanceof CniError && err.code === 7, `${JSON.stringify(json)}: ${err}`);
    }
  }
  assert.ok(accepted > 50 && accepted < 2900);
});
