import assert from "node:assert/strict";
import process from "node:process";
import { ConfError, defaultConf, parseConf } from "./conf.ts";

Deno.test("agent 4: parseConf() gives every key its default for an empty file", () => {
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

Deno.test("operations 4.1: every key of upstream's file is known", () => {
  const { conf, unknownKeys } = parseConf(`
ipamUnixSocketPath: /var/run/spidernet/spiderpool.sock
enableIPv4: true
enableIPv6: true
enableStatefulSet: true
enableKubevirtStaticIP: true
enableCleanOutdatedEndpoint: false
enableSpiderSubnet: true
enableAutoPoolForApplication: true
enableIPConflictDetection: false
enableGatewayDetection: false
enableValidatingResourcesDeletedWebhook: false
clusterSubnetDefaultFlexibleIPNumber: 1
clusterSubnetAutoPoolDefaultRedundantIPNumber: 1
tuneSysctlConfig: true
podResourceInject: {enabled: false, namespacesExclude: [kube-system, spiderpool], namespacesInclude: []}
agent:
  networkResourcePlugin:
    enabled: false
    kubeletRootDir: /var/lib/kubelet
    devicePluginAffinity: {nodeSelector: {}}
    resourceAdvertisement: {subENI: {rules: []}, masterNIC: {rules: []}}
iaasNetworkProvider: {serverUrl: "", httpRequestTimeout: 50s}
`);
  assert.deepEqual(unknownKeys, []);
  assert.ok(conf.enableIPv4 && conf.enableIPv6 && conf.enableKubevirtStaticIP);
});

Deno.test("agent 4: parseConf() reads what upstream's chart renders, and its label selectors", () => {
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

Deno.test("agent 4: parseConf() names the keys that nobody reads, and those that were meant", () => {
  const { unknownKeys } = parseConf(`
enableIpv4: true
podResourceInject: { enable: true }
agent: { networkResourcePlugin: { resourceAdvertisement: { subENI: { rules: [{ name: x }] } } } }
`);
  assert.deepEqual(unknownKeys, [
    { key: "enableIpv4", meant: "enableIPv4" },
    { key: "podResourceInject.enable", meant: "podResourceInject.enabled" },
    { key: "agent.networkResourcePlugin.resourceAdvertisement.subENI.rules[0].name" },
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
  { name: "a number for a flag", text: "enableIPv4: 3", want: /enableIPv4 is 3, but must be true or false$/ },
  { name: "a quoted true", text: 'enableIPv4: "true"', want: /enableIPv4 is "true", but must be true or false$/ },
  { name: "a flag for a group", text: "agent: true", want: /agent is true, but must be a mapping of keys$/ },
  {
    name: "a relative socket",
    text: "ipamUnixSocketPath: a.sock",
    want: /ipamUnixSocketPath is "a\.sock", but must be an absolute path$/,
  },
  {
    name: "an URL without a scheme",
    text: "iaasNetworkProvider: {serverUrl: host}",
    want: /serverUrl is "host", but must be an absolute/,
  },
  {
    name: "an URL with what no URL has",
    text: `iaasNetworkProvider: {serverUrl: 'https://joe:a"b@iaas'}`,
    want: /serverUrl is "[^"]*\[removed\]@iaas", but must be an absolute/,
  },
  {
    name: "an URL with a password and no scheme, without showing it",
    text: "iaasNetworkProvider: {serverUrl: 'joe:secret@iaas'}",
    want: /serverUrl is "\[removed\]@iaas", but must be an absolute/,
  },
  {
    name: "an URL with a long password, without showing it",
    text: `iaasNetworkProvider: {serverUrl: "https://joe:${"secret".repeat(20)}@iaas:77777"}`,
    want: /serverUrl is "https:\/\/\[removed\]@iaas:77777", but must be an absolute/,
  },
  {
    name: "a negative count",
    text: "clusterSubnetDefaultFlexibleIPNumber: -1",
    want: /Number is -1, but must be a whole number of 0 or more$/,
  },
  {
    name: "no duration",
    text: "agent: {ipamDeadline: 3}",
    want: /agent\.ipamDeadline is 3, but must be a duration such as 30s or 500ms, above 0 and below 95s$/,
  },
  { name: "a duration of nothing", text: "agent: {ipamDeadline: 0s}", want: /ipamDeadline is "0s", but .* below 95s$/ },
  { name: "a deadline beyond the plugin's", text: "agent: {ipamDeadline: 2m}", want: /is "2m", but .* below 95s$/ },
  {
    name: "a quarantine that never ends",
    text: "agent: {conflictQuarantine: 24h}",
    want: /agent\.conflictQuarantine is "24h", but must be .* above 0 and below 24h$/,
  },
  {
    name: "no port",
    text: "agent: {peerCommit: {port: 70000}}",
    want: /peerCommit\.port is 70000, but must be a whole number from 1 to 65535$/,
  },
  {
    name: "patience with a peer for ever",
    text: "agent: {peerCommit: {timeout: 1m}}",
    want: /peerCommit\.timeout is "1m", but must be .* above 0 and below 10s$/,
  },
  {
    name: "a word that is none",
    text: "agent: {logLevel: loud}",
    want: /agent\.logLevel is "loud", but must be one of debug, info, warn, error, fatal, panic$/,
  },
  {
    name: "a missing member of a list's element",
    text: "agent: {networkResourcePlugin: {devicePluginAffinity: {nodeSelector: {matchExpressions: [{key: a}]}}}}",
    want: /matchExpressions\.0\.operator is missing, but must be/,
  },
  {
    name: "two flaws, both told",
    text: "enableIPv4: 3\nenableIPv6: 4",
    want: /enableIPv4 is 3, .*; enableIPv6 is 4, /,
  },
  { name: "a long value, cut", text: `enableIPv4: ${"x".repeat(200)}`, want: /is "x{76}\.\.\., but/ },
];
for (const { name, text, want } of broken) {
  Deno.test(`agent 4: parseConf() refuses: ${name}`, () => {
    assert.throws(() => parseConf(text), (err) => err instanceof ConfError && want.test(err.message));
  });
}

Deno.test("agent 4: parseConf() tells of 50 flaws at most, and how many more there are", () => {
  const text = `podResourceInject: {namespacesExclude: [${"1,".repeat(60)}]}`;
  assert.throws(() => parseConf(text), (err) => {
    assert.ok(err instanceof ConfError);
    assert.equal(err.problems.length, 51);
    assert.match(err.problems[49] ?? "", /namespacesExclude\.49 is 1, but must be a string/);
    assert.equal(err.problems[50], "and 10 more");
    return true;
  });
});
