/**
 * Bodies of writes: where the embedded API once answered differently from the real one. Each test keeps both alike.
 */
import assert from "node:assert/strict";
import { creating, testAnswers } from "./answer_rows.ts";
import { testApi } from "./api_under_test.ts";
import { arrayOr, objectOr } from "../apiserver/json.ts";
import { call, jsonCall, pick } from "./call.ts";
import type { Body } from "./ipam_bodies.ts";
import { configMap, corePath, pod, pool, poolsPath } from "./objects.ts";

testAnswers([
  {
    name: "a custom resource of another Kind is invalid, not a bad request",
    call: creating({ kind: "SpiderSubnet" }),
    status: 422,
    reason: "Invalid",
    rest: { "details.kind": "SpiderSubnet", "details.causes.0.field": "kind" },
  },
  {
    name: "a custom resource without apiVersion is a bad request",
    call: creating({ apiVersion: undefined }),
    status: 400,
    reason: "BadRequest",
  },
  {
    name: "metadata of another type is a bad request",
    call: creating({ metadata: { name: 5 } }),
    status: 400,
    reason: "BadRequest",
  },
  {
    name: "the namespace of a cluster-scoped object is ignored",
    call: (api) => ({
      method: "POST",
      path: poolsPath,
      body: pool(api, "b", { metadata: { name: `${api.prefix}-b`, namespace: "elsewhere" } }),
    }),
    status: 201,
    rest: { "metadata.namespace": undefined },
  },
  {
    name: "nulls that the schema does not want are dropped",
    call: creating({ spec: { subnet: "10.0.0.0/24", gateway: null, default: null } }),
    status: 201,
    rest: { "spec.gateway": undefined, "spec.default": false },
  },
  {
    name: "nulls in lists are refused",
    call: creating({ spec: { subnet: "10.0.0.0/24", ips: [null] } }),
    status: 422,
    reason: "Invalid",
    rest: { "details.causes.0.field": "spec.ips[0]" },
  },
  {
    name: "an enum and a type are missed together",
    call: creating({ spec: { subnet: "10.0.0.0/24", ipVersion: "4" } }),
    status: 422,
    reason: "Invalid",
    causes: ["FieldValueNotSupported spec.ipVersion", "FieldValueTypeInvalid spec.ipVersion"],
  },
]);

testApi("a ConfigMap keeps the generation it is created with, and no other", async (api) => {
  const path = corePath(api, "configmaps");
  const body = configMap("a", { metadata: { name: "a", generation: 99 } });
  const created = await jsonCall(api.transport, { method: "POST", path, body });
  assert.equal(pick(created, "metadata.generation"), 99);
  const next = configMap("a", { metadata: { name: "a", generation: 7 } });
  const updated = await jsonCall(api.transport, { method: "PUT", path: `${path}/a`, body: next });
  assert.equal(pick(updated, "metadata.generation"), 99);
});

testApi("an update of a Pod may not drop its containers", async (api) => {
  const path = corePath(api, "pods");
  await jsonCall(api.transport, { method: "POST", path, body: pod("p") });
  const contentType = "application/merge-patch+json";
  const body = { spec: { containers: [] } };
  const { status, json } = await call(api.transport, { method: "PATCH", path: `${path}/p`, contentType, body });
  assert.equal(status, 422);
  const causes = arrayOr(pick(json, "details.causes")).map(objectOr);
  assert.ok(causes.some(({ reason, field }) => reason === "FieldValueForbidden" && field === "spec.containers"));
});

testApi("an image without a tag is pulled always", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: corePath(api, "pods"), body: pod("p") });
  assert.equal(pick(created, "spec.containers.0.imagePullPolicy"), "Always");
});

const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "main", image: "busybox:1" }] } };
const noContainers = "FieldValueRequired spec.template.spec.containers";
const noFit = "FieldValueInvalid spec.template.metadata.labels";
const noSelector = "FieldValueRequired spec.selector";
const workloads: readonly { name: string; spec: Body; want: readonly string[]; daemonSet?: readonly string[] }[] = [
  { name: "whose selector fits its template is taken", spec: { selector: fits("a"), template }, want: [] },
  { name: "with another selector is refused", spec: { selector: fits("b"), template }, want: [noFit] },
  {
    name: "with an empty selector is refused",
    spec: { selector: {}, template },
    want: [`FieldValueInvalid spec.selector`],
  },
  { name: "without a selector is refused", spec: { template }, want: [noFit, noSelector], daemonSet: [noFit] },
  {
    name: "without containers and labels is refused for both",
    spec: { selector: fits("a"), template: { spec: { containers: [] } } },
    want: [noFit, noContainers],
  },
  {
    name: "with nothing is refused for everything",
    spec: {},
    want: [noFit, noSelector, noContainers],
    daemonSet: [noFit, noContainers],
  },
];

function fits(app: string): Body {
  return { matchLabels: { app } };
}

for (const { name, spec, want, daemonSet = want } of workloads) {
  testApi(`a Deployment, ReplicaSet, StatefulSet or DaemonSet ${name}`, async (api) => {
    for (const kind of ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"]) {
      const path = `/apis/apps/v1/namespaces/${api.namespace}/${kind.toLowerCase()}s`;
      const body = { metadata: { name: "a" }, spec };
      const { status, json } = await call(api.transport, { method: "POST", path, query: { dryRun: "All" }, body });
      const causes = arrayOr(pick(json, "details.causes")).map(objectOr);
      const expected = kind === "DaemonSet" ? daemonSet : want;
      assert.equal(status, expected.length === 0 ? 201 : 422, JSON.stringify(json));
      assert.deepEqual(
        [...new Set(causes.map(({ reason, field }) => `${reason} ${field}`))].sort(),
        [...expected].sort(),
        kind,
      );
    }
  });
}
