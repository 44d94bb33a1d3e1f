import assert from "node:assert/strict";
import type { UnknownKey } from "./unknown_keys.ts";
import { unknownVariables } from "./unknown_variables.ts";
import { variables } from "./variables.ts";

const link = ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_PEER", "PORT", "PORT_5713_TCP", "PORT_5713_TCP_ADDR"];
const serviceLinks = link.map((end) => `SPIDERPOOL_AGENT_${end}`);

const cases: [name: string, names: readonly string[], want: readonly UnknownKey[]][] = [
  ["nothing", [], []],
  ["every known one", Object.values(variables).map(({ name }) => name), []],
  ["those of others", ["PATH", "KUBERNETES_SERVICE_HOST", "LOG_LEVEL", "MY_SPIDERPOOL_X", ""], []],
  [
    "a mistyped one",
    ["SPIDERPOOL_LOGLEVEL", "SPIDERPOOL_LOG_LEVEL"],
    [{ key: "SPIDERPOOL_LOGLEVEL", meant: "SPIDERPOOL_LOG_LEVEL" }],
  ],
  [
    "small letters",
    ["SPIDERPOOL_Enabled_Metric"],
    [{ key: "SPIDERPOOL_Enabled_Metric", meant: "SPIDERPOOL_ENABLED_METRIC" }],
  ],
  ["one like no other", ["SPIDERPOOL_FOO_BAR", "SPIDERPOOL_"], [{ key: "SPIDERPOOL_" }, { key: "SPIDERPOOL_FOO_BAR" }]],
  ["what every object has", ["SPIDERPOOL_constructor"], [{ key: "SPIDERPOOL_constructor" }]],
  ["what Kubernetes adds for a Service", serviceLinks, []],
  [
    "what looks so, without a Service",
    ["SPIDERPOOL_HEALTHY_PORT", "SPIDERPOOL_AGENT_SERVICE_HOST"],
    [{ key: "SPIDERPOOL_HEALTHY_PORT", meant: "SPIDERPOOL_HEALTH_PORT" }],
  ],
  [
    "one that begins as a Service does",
    [...serviceLinks, "SPIDERPOOL_AGENT_X", "SPIDERPOOL_AGENT_PORT_X"],
    [{ key: "SPIDERPOOL_AGENT_PORT_X" }, { key: "SPIDERPOOL_AGENT_X" }],
  ],
  ["a long one", [`SPIDERPOOL_${"x".repeat(1000)}`], [{ key: `SPIDERPOOL_${"x".repeat(109)}` }]],
];
for (const [name, names, want] of cases) {
  Deno.test(`agent 3: unknownVariables() of ${name}`, () => assert.deepEqual(unknownVariables(names), want));
}

Deno.test("unknownVariables() tells of 50 at most", () => {
  assert.equal(unknownVariables(Array.from({ length: 60 }, (_, i) => `SPIDERPOOL_X${i}`)).length, 50);
});
