/** The ConfigMap of `manifests/` against the chart's defaults in spec/agent.md 4. */
import assert from "node:assert/strict";
import { parseConf } from "../../agent/config/conf.ts";
import { at, isObject, type Json, parseJson, stringOf } from "../apiserver/json.ts";
import { agentRows } from "../rows/agent.ts";
import { rowId } from "../rows/row_id.ts";
import { manifestOf } from "./manifest_files.ts";

const text = stringOf(at(manifestOf("ConfigMap", "spiderpool-conf"), "data", "conf.yml")) ?? "";
const conf = parseJson(JSON.stringify(parseConf(text).conf));

/** What the chart writes. */
const chart: readonly (readonly [key: string, value: Json])[] = [
  ["ipamUnixSocketPath", "/var/run/spidernet/spiderpool.sock"],
  ["enableIPv4", true],
  ["enableIPv6", true],
  ["tuneSysctlConfig", true],
  ["enableStatefulSet", true],
  ["enableKubevirtStaticIP", true],
  ["enableSpiderSubnet", true],
  ["enableAutoPoolForApplication", true],
  ["enableCleanOutdatedEndpoint", false],
  ["enableIPConflictDetection", false],
  ["enableGatewayDetection", false],
  ["enableValidatingResourcesDeletedWebhook", false],
  ["podResourceInject.enabled", false],
  ["iaasNetworkProvider.serverUrl", ""],
  ["agent.networkResourcePlugin.enabled", false],
  ["agent.networkResourcePlugin.kubeletRootDir", "/var/lib/kubelet"],
];
for (const [key, value] of chart) {
  const row = rowId(agentRows, { section: "4", word: key });
  Deno.test(`agent row ${row}: ${key} of the manifests is as the chart has it`, () => {
    const got = key.split(".").reduce<Json | undefined>(
      (group, part) => isObject(group) ? group[part] : undefined,
      conf,
    );
    assert.deepEqual(got, value);
  });
}
