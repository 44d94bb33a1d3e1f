import assert from "node:assert/strict";
import { CniError, logLevelOf, parseNetConf } from "../cni/mod.ts";
import { type IpamConf, parseIpamConf } from "./config.ts";

function parse(ipam: unknown): IpamConf {
  return parseIpamConf(parseNetConf(new TextEncoder().encode(JSON.stringify({ name: "n", ipam }))));
}

const defaults: IpamConf = {
  socketPath: "/var/run/spidernet/spiderpool.sock",
  timeoutMs: 100_000,
  defaultIpv4Pools: undefined,
  defaultIpv6Pools: undefined,
  cleanGateway: false,
  matchMasterSubnet: false,
  statusChecksPools: false,
  log: { level: "debug", path: "/var/log/spidernet/spiderpool.log", maxSizeMb: 100, maxAgeDays: 0, maxCount: 0 },
};

const good: { name: string; ipam: unknown; want: Partial<IpamConf> }[] = [
  { name: "nothing", ipam: undefined, want: {} },
  { name: "null", ipam: null, want: {} },
  { name: "unknown keys and nulls", ipam: { ranges: [], log_level: null, clean_gateway: null }, want: {} },
  { name: "empty strings", ipam: { ipam_unix_socket_path: "", log_file_path: "", log_level: "" }, want: {} },
  {
    name: "keys in odd case",
    ipam: { CLEAN_gateway: true, Default_IPv4_IPPool: ["a"], Status_Checks_Pools: true },
    want: { cleanGateway: true, defaultIpv4Pools: ["a"], statusChecksPools: true },
  },
  {
    name: "decimal strings",
    ipam: { log_file_max_size: "7", Log_File_Max_Age: "8", log_file_max_count: "9" },
    want: { log: { ...defaults.log, maxSizeMb: 7, maxAgeDays: 8, maxCount: 9 } },
  },
  {
    name: "numbers below 0",
    ipam: { log_file_max_size: -1, log_file_max_age: -1, log_file_max_count: "-1" },
    want: { log: { ...defaults.log, maxSizeMb: 100, maxAgeDays: 30, maxCount: 10 } },
  },
];
for (const { name, ipam, want } of good) {
  Deno.test(`parseIpamConf() reads ${name}`, () => assert.deepEqual(parse(ipam), { ...defaults, ...want }));
}

const bad = ["x", [], { clean_gateway: "true" }, { default_ipv4_ippool: "a" }, { log_file_max_size: 1.5 }, {
  agent_timeout_ms: 0,
}, { agent_timeout_ms: 2 ** 31 }];
for (const ipam of bad) {
  Deno.test(`parseIpamConf() refuses ${JSON.stringify(ipam)}`, () => {
    assert.throws(() => parse(ipam), (err) => err instanceof CniError && err.code === 7);
  });
}

Deno.test("logLevelOf() takes any letter case and no other word", () => {
  assert.equal(logLevelOf({ ...defaults.log, level: "Info" }), "info");
  assert.throws(() => logLevelOf({ ...defaults.log, level: "trace" }), CniError);
});
