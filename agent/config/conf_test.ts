import assert from "node:assert/strict";
import process from "node:process";
import { ConfError, defaultConf, parseConf } from "./conf.ts";

Deno.test("parseConf() gives every key its default for an empty file", () => {
  for (const text of ["", "# nothing\n", "{}", "agent: null"]) {
    const { conf, unknownKeys } = parseConf(text);
    assert.deepEqual(conf, defaultConf());
    assert.deepEqual(unknownKeys, []);
  }
  const conf = defaultConf();
  assert.equal(conf.ipamUnixSocketPath, "/var/run/spidernet/spiderpool.sock");
  assert.equal(conf.enableIPv4, false);
  assert.equal(conf.tuneSysctlConfig, true);
  assert.equal(conf.agent.ipamDeadline, 30_000);
  assert.equal(conf.agent.waitForFreeAddress, 1_000);
  assert.equal(conf.agent.conflictQuarantine, 600_000);
  assert.deepEqual(conf.agent.peerCommit, { enabled: true, port: 5713, timeout: 1_000 });
  assert.equal(conf.agent.networkResourcePlugin.kubeletRootDir, "/var/lib/kubelet");
  assert.equal(conf.iaasNetworkProvider.httpRequestTimeout, 50_000);
});

Deno.test("parseConf() reads what upstream's chart renders", () => {
  const { conf, unknownKeys } = parseConf(`
ipamUnixSocketPath: /var/run/spidernet/spiderpool.sock
enableIPv4: true
enableIPv6: yes
tuneSysctlConfig: false
clusterSubnetDefaultFlexibleIPNumber: 1
podResourceInject:
  enabled: false
  namespacesExclude: [kube-system, spiderpool]
  namespacesInclude: []
iaasNetworkProvider:
  serverUrl: ""
  httpRequestTimeout: 50s
agent:
  ipamDeadline: 1m30s
  networkResourcePlugin:
    enabled: true
    resourceAdvertisement:
      masterNIC:
        rules:
          - nodeSelector: { matchLabels: { rack: a } }
            includeInterfaces: [eth*]
`);
  assert.deepEqual(unknownKeys, []);
  assert.equal(conf.enableIPv4, true);
  assert.equal(conf.enableIPv6, true);
  assert.equal(conf.tuneSysctlConfig, false);
  assert.equal(conf.clusterSubnetDefaultFlexibleIPNumber, 1);
  assert.equal(conf.agent.ipamDeadline, 90_000);
  const [rule] = conf.agent.networkResourcePlugin.resourceAdvertisement.masterNIC.rules;
  assert.deepEqual(rule?.nodeSelector.matchLabels, { rack: "a" });
});

Deno.test("parseConf() names the keys that nobody reads", () => {
  const { unknownKeys } = parseConf(`
enableIpv4: true
podResourceInject: { enable: true }
agent: { networkResourcePlugin: { resourceAdvertisement: { subENI: { rules: [{ name: x }] } } } }
`);
  assert.deepEqual(unknownKeys, [
    "enableIpv4",
    "podResourceInject.enable",
    "agent.networkResourcePlugin.resourceAdvertisement.subENI.rules[0].name",
  ]);
});

Deno.test("parseConf() writes nothing to stderr, which is the log's", () => {
  const { emitWarning } = process;
  const warned: unknown[] = [];
  process.emitWarning = (warning: unknown) => void warned.push(warning);
  try {
    parseConf("enableIPv4: !odd true\n? {a: 1}\n: 2");
  } catch (err) {
    assert.ok(err instanceof ConfError);
  } finally {
    process.emitWarning = emitWarning;
  }
  assert.deepEqual(warned, []);
});

const broken = [
  { name: "not YAML", text: "a: [", want: /^Cannot read conf\.yml: / },
  { name: "a list", text: "- a", want: /it is no mapping of keys$/ },
  { name: "a number for a flag", text: "enableIPv4: 3", want: /enableIPv4: must be true or false$/ },
  { name: "a quoted true", text: 'enableIPv4: "true"', want: /enableIPv4: must be true or false$/ },
  {
    name: "a relative socket",
    text: "ipamUnixSocketPath: a.sock",
    want: /ipamUnixSocketPath: must be an absolute path$/,
  },
  {
    name: "an URL without a scheme",
    text: "iaasNetworkProvider: {serverUrl: host}",
    want: /serverUrl: must be an absolute/,
  },
  { name: "a negative count", text: "clusterSubnetDefaultFlexibleIPNumber: -1", want: /Number: must be 0 or more$/ },
  { name: "no duration", text: "agent: {ipamDeadline: 3}", want: /agent\.ipamDeadline: must be a string$/ },
  {
    name: "a duration of nothing",
    text: "agent: {ipamDeadline: 0s}",
    want: /ipamDeadline: must be above 0 and below 95s$/,
  },
  { name: "a deadline beyond the plugin's", text: "agent: {ipamDeadline: 2m}", want: /must be above 0 and below 95s$/ },
  {
    name: "a quarantine that never ends",
    text: "agent: {conflictQuarantine: 24h}",
    want: /agent\.conflictQuarantine: must be above 0 and below 86400s$/,
  },
  {
    name: "no port",
    text: "agent: {peerCommit: {port: 70000}}",
    want: /peerCommit\.port: must be a port from 1 to 65535$/,
  },
  {
    name: "patience with a peer for ever",
    text: "agent: {peerCommit: {timeout: 1m}}",
    want: /peerCommit\.timeout: must be above 0 and below 10s$/,
  },
  { name: "two flaws, both told", text: "enableIPv4: 3\nenableIPv6: 4", want: /enableIPv4: .*; enableIPv6: / },
];
for (const { name, text, want } of broken) {
  Deno.test(`parseConf() refuses: ${name}`, () => {
    assert.throws(() => parseConf(text), (err) => err instanceof ConfError && want.test(err.message));
  });
}
