import assert from "node:assert/strict";
import { defaultConf, parseConf } from "./conf.ts";
import { confRows } from "./conf_rows.ts";
import { agentRows } from "../../tests/rows/agent.ts";
import { rowId } from "../../tests/rows/row_id.ts";

const rows = confRows();

/** Upstream's keys, with the defaults that its code has; `tuneSysctlConfig` is on, as its documents promise. */
const upstream: readonly [key: string, type: string, fallback: string][] = [
  ["ipamUnixSocketPath", "path", '"/var/run/spidernet/spiderpool.sock"'],
  ["enableIPv4", "boolean", "false"],
  ["enableIPv6", "boolean", "false"],
  ["tuneSysctlConfig", "boolean", "true"],
  ["enableStatefulSet", "boolean", "false"],
  ["enableKubevirtStaticIP", "boolean", "false"],
  ["enableSpiderSubnet", "boolean", "false"],
  ["enableAutoPoolForApplication", "boolean", "false"],
  ["enableCleanOutdatedEndpoint", "boolean", "false"],
  ["enableIPConflictDetection", "boolean", "false"],
  ["enableGatewayDetection", "boolean", "false"],
  ["enableValidatingResourcesDeletedWebhook", "boolean", "false"],
  ["clusterSubnetAutoPoolDefaultRedundantIPNumber", "integer", ""],
  ["clusterSubnetDefaultFlexibleIPNumber", "integer", ""],
  ["podResourceInject.enabled", "boolean", "false"],
  ["podResourceInject.namespacesExclude", "list", "[]"],
  ["podResourceInject.namespacesInclude", "list", "[]"],
  ["iaasNetworkProvider.serverUrl", "URL", '""'],
  ["iaasNetworkProvider.httpRequestTimeout", "duration", "50s"],
  ["agent.networkResourcePlugin.enabled", "boolean", "false"],
  ["agent.networkResourcePlugin.kubeletRootDir", "path", '"/var/lib/kubelet"'],
  ["agent.networkResourcePlugin.devicePluginAffinity.nodeSelector.matchLabels", "mapping", "{}"],
  ["agent.networkResourcePlugin.resourceAdvertisement.subENI.rules", "list", "[]"],
  ["agent.networkResourcePlugin.resourceAdvertisement.subENI.rules[].resourceName", "string", '"spidernet.io/sub-eni"'],
  ["agent.networkResourcePlugin.resourceAdvertisement.masterNIC.rules", "list", "[]"],
  ["agent.networkResourcePlugin.resourceAdvertisement.masterNIC.rules[].defaultMaxCount", "integer", "0"],
];
/** The specification's row of a key; members of label selectors and of rules are in the row of the whole. */
function rowOfKey(key: string): string {
  const word = key.replace(/\.matchLabels$/, "").replace(/\.rules\b.*$/, ".rules[]");
  return rowId(agentRows, { section: "4", word });
}

for (const [key, type, fallback] of upstream) {
  Deno.test(`agent row ${rowOfKey(key)}: ${key} is a ${type}, ${fallback || "nothing"} by default`, () => {
    const row = rows.find(({ name }) => name === key);
    assert.deepEqual([row?.type, row?.default, row?.since], [type, fallback, "upstream"]);
  });
}

/** YAML that sets one key. */
function yamlOf(key: string, value: string): string {
  return key.split(".").reduceRight((inner, part) => `{${part}: ${inner}}`, value);
}

for (const row of rows.filter((row) => !row.name.includes("[]"))) {
  Deno.test(`conf.yml: the default of ${row.name} may be written, and changes nothing`, () => {
    const { conf, unknownKeys } = parseConf(yamlOf(row.name, row.default || "null"));
    const written = JSON.parse(JSON.stringify(conf), (_, value) => value ?? undefined);
    assert.deepEqual([written, unknownKeys], [JSON.parse(JSON.stringify(defaultConf())), []]);
  });
}

Deno.test("every key of conf.yml is told about", () => {
  for (const { name, type, allowed, text } of rows) {
    assert.ok(type !== "" && allowed !== "", name);
    assert.match(text, /\.$/, name);
  }
  assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
});

Deno.test("agent 4: what a running agent takes over is what it reads for each request or message, and its log level", () => {
  const live = rows.filter(({ reload }) => reload).map(({ name }) => name);
  assert.deepEqual(live, [
    "enableIPConflictDetection",
    "enableGatewayDetection",
    "agent.logLevel",
    "agent.ipamDeadline",
    "agent.waitForFreeAddress",
    "agent.conflictQuarantine",
    "agent.detection.conflictProbes",
    "agent.detection.gatewayProbes",
    "agent.detection.interval",
    "agent.detection.linkWait",
    "agent.detection.silentGateway",
    "agent.detection.announce",
    "agent.peerCommit.timeout",
  ]);
});
