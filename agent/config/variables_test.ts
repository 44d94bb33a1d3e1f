import assert from "node:assert/strict";
import { parseEnvironment } from "./environment.ts";
import { agentRows } from "../../tests/rows/agent.ts";
import { rowId } from "../../tests/rows/row_id.ts";
import type { Variable } from "./variable.ts";
import { variables } from "./variables.ts";

const all = Object.values<Variable<unknown>>(variables);

/** Upstream's variables, in the order of its reference. */
const upstream: readonly [name: string, type: string, fallback: string, required: boolean][] = [
  ["GIT_COMMIT_VERSION", "string", "", false],
  ["GIT_COMMIT_TIME", "string", "", false],
  ["VERSION", "string", "", false],
  ["SPIDERPOOL_LOG_LEVEL", "word", "info", true],
  ["SPIDERPOOL_ENABLED_METRIC", "boolean", "false", false],
  ["SPIDERPOOL_ENABLED_RDMA_METRIC", "boolean", "false", false],
  ["SPIDERPOOL_ENABLED_DEBUG_METRIC", "boolean", "false", false],
  ["SPIDERPOOL_POD_NAMESPACE", "string", "", true],
  ["SPIDERPOOL_POD_NAME", "string", "", true],
  ["SPIDERPOOL_NODE_NAME", "string", "", true],
  ["SPIDERPOOL_HEALTH_PORT", "port", "5710", true],
  ["SPIDERPOOL_METRIC_HTTP_PORT", "port", "5711", true],
  ["SPIDERPOOL_GOPS_LISTEN_PORT", "port", "5712", false],
  ["SPIDERPOOL_PYROSCOPE_PUSH_SERVER_ADDRESS", "string", "", false],
  ["SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS", "boolean", "true", true],
  ["SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS", "integer", "5000", true],
  ["SPIDERPOOL_WAIT_SUBNET_POOL_TIME_IN_SECOND", "integer", "2", false],
  ["SPIDERPOOL_WAIT_SUBNET_POOL_MAX_RETRIES", "integer", "25", false],
  ["MULTUS_CLUSTER_NETWORK", "string", "", false],
  ["SPIDERPOOL_UPDATE_CR_MAX_RETRIES", "integer", "3", false],
  ["SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS", "integer", "100", false],
];
/** Of upstream's documents, but read by nobody there: these have no row. */
const unread = ["SPIDERPOOL_UPDATE_CR_MAX_RETRIES", "SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS"];

for (const [name, type, fallback, required] of upstream) {
  const place = unread.includes(name) ? "3" : `row ${rowId(agentRows, { section: "3", word: name })}`;
  Deno.test(`agent ${place}: ${name} is a ${required ? "required " : ""}${type}, ${fallback || "nothing"} by default`, () => {
    const variable = all.find((variable) => variable.name === name);
    assert.ok(variable !== undefined);
    assert.deepEqual([variable.type, variable.fallback, variable.required], [type, fallback, required]);
    assert.equal(variable.since ?? "upstream", "upstream");
  });
}

const bad: Readonly<Record<string, string>> = { boolean: "yes", integer: "-1", port: "0", word: "loud" };
for (const { name, type, allowed } of all.filter(({ type }) => bad[type] !== undefined)) {
  Deno.test(`agent 3: ${name}=${bad[type]} is refused with what is allowed`, () => {
    const environment: Readonly<Record<string, string | undefined>> = {
      SPIDERPOOL_POD_NAMESPACE: "sp",
      SPIDERPOOL_POD_NAME: "a",
      SPIDERPOOL_NODE_NAME: "n1",
      [name]: bad[type],
    };
    assert.throws(
      () => parseEnvironment((name) => environment[name]),
      { name: "EnvironmentError", problems: [`${name} is "${bad[type]}", but must be ${allowed}`] },
    );
  });
}

Deno.test("every variable is told about, once", () => {
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  for (const { name, text } of all) assert.match(text, /\.$/, name);
  const added = all.filter(({ name }) => !upstream.some(([known]) => known === name));
  for (const { name, since } of added) assert.equal(since, "0.1.0", `${name} is not upstream's`);
});

for (const variable of all.filter(({ fallback }) => fallback !== "")) {
  Deno.test(`the default of ${variable.name} is allowed`, () => {
    assert.notEqual(variable.parse(variable.fallback), undefined);
  });
}
