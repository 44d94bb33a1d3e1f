import assert from "node:assert/strict";
import { type AgentEnvironment, EnvironmentError, parseEnvironment } from "./environment.ts";

const required = {
  SPIDERPOOL_POD_NAMESPACE: "kube-system",
  SPIDERPOOL_POD_NAME: "agent-1",
  SPIDERPOOL_NODE_NAME: "n1",
};

function parse(variables: Record<string, string>): AgentEnvironment {
  const all: Record<string, string> = { ...required, ...variables };
  return parseEnvironment((name) => all[name]);
}

Deno.test("promise 9: parseEnvironment() has the defaults that the reference promises", () => {
  const environment = parse({});
  assert.deepEqual(environment, {
    version: "",
    gitCommitVersion: "",
    gitCommitTime: "",
    logLevel: "info",
    enabledMetric: false,
    enabledRdmaMetric: false,
    enabledDebugMetric: false,
    enabledFormerMetricNames: false,
    podNamespace: "kube-system",
    podName: "agent-1",
    nodeName: "n1",
    podIPs: [],
    healthPort: 5710,
    metricPort: 5711,
    gopsPort: 5712,
    gopsFolder: "",
    logFile: "",
    logFileMaxSize: 100,
    logFileMaxAge: 30,
    logFileMaxCount: 5,
    pyroscopeAddress: "",
    enabledReleaseConflictIps: true,
    maxAllocatedIps: 5000,
    updateCrMaxRetries: 3,
    maxHistoryRecords: 100,
    waitSubnetPoolSeconds: 2,
    waitSubnetPoolMaxRetries: 25,
    multusClusterNetwork: "",
  });
});

const values: [name: string, value: string, key: keyof AgentEnvironment, want: unknown][] = [
  ["SPIDERPOOL_LOG_LEVEL", "WARN", "logLevel", "warn"],
  ["SPIDERPOOL_LOG_LEVEL", " debug ", "logLevel", "debug"],
  ["SPIDERPOOL_ENABLED_METRIC", "T", "enabledMetric", true],
  ["SPIDERPOOL_ENABLED_METRIC", "", "enabledMetric", false],
  ["SPIDERPOOL_GOPS_LISTEN_PORT", "", "gopsPort", undefined],
  ["SPIDERPOOL_HEALTH_PORT", "15710", "healthPort", 15710],
  ["SPIDERPOOL_POD_IPS", "10.0.0.7, fd00::7,", "podIPs", ["10.0.0.7", "fd00::7"]],
  ["SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS", "7", "maxAllocatedIps", 7],
  ["SPIDERPOOL_WAIT_SUBNET_POOL_MAX_RETRIES", "", "waitSubnetPoolMaxRetries", 0],
];
for (const [name, value, key, want] of values) {
  Deno.test(`agent 3: parseEnvironment() reads ${name}=${JSON.stringify(value)}`, () => {
    assert.deepEqual(parse({ [name]: value })[key], want);
  });
}

Deno.test("agent 3: parseEnvironment() names everything that is wrong at once", () => {
  const variables: Record<string, string> = {
    SPIDERPOOL_POD_NAME: " ",
    SPIDERPOOL_NODE_NAME: "n1",
    SPIDERPOOL_LOG_LEVEL: "loud",
    SPIDERPOOL_ENABLED_METRIC: "yes",
    SPIDERPOOL_HEALTH_PORT: "70000",
    SPIDERPOOL_METRIC_HTTP_PORT: "",
    SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS: "5k",
  };
  assert.throws(() => parseEnvironment((name) => variables[name]), (err) => {
    assert.ok(err instanceof EnvironmentError);
    assert.deepEqual(err.problems, [
      'SPIDERPOOL_LOG_LEVEL is "loud", but must be one of debug, info, warn, error, fatal, panic',
      'SPIDERPOOL_ENABLED_METRIC is "yes", but must be true or false',
      "empty value of SPIDERPOOL_POD_NAMESPACE",
      "empty value of SPIDERPOOL_POD_NAME",
      'SPIDERPOOL_HEALTH_PORT is "70000", but must be a port from 1 to 65535',
      "empty value of SPIDERPOOL_METRIC_HTTP_PORT",
      'SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS is "5k", but must be a whole number of 0 or more',
    ]);
    return true;
  });
});
