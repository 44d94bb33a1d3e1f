/**
 * Bodies of writes: where the embedded API once answered differently from the real one. Each test keeps both alike.
 */
import assert from "node:assert/strict";
import { creating, testAnswers } from "./answer_rows.ts";
import { testApi } from "./api_under_test.ts";
import { arrayOr, objectOr } from "../apiserver/json.ts";
import { call, jsonCall, pick } from "./call.ts";
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
