/**
 * resourceVersions, and writes that change nothing: where the embedded API once answered differently from the real one. Each test keeps both alike.
 */
import assert from "node:assert/strict";
import { testAnswers } from "./answer_rows.ts";
import { type ApiUnderTest, testApi } from "./api_under_test.ts";
import { call, type CallResult, jsonCall, pick } from "./call.ts";
import { pool, poolPath, poolsPath, spiderpoolVersion } from "./objects.ts";

testAnswers([
  {
    name: "a malformed resourceVersion of a new object is ignored",
    call: (api) => ({
      method: "POST",
      path: poolsPath,
      body: pool(api, "b", { metadata: { name: `${api.prefix}-b`, resourceVersion: "abc" } }),
    }),
    status: 201,
  },
  {
    name: "a malformed resourceVersion of an update is an error without a reason",
    call: (api) => ({
      method: "PUT",
      path: poolPath(api, "a"),
      body: pool(api, "a", { metadata: { name: `${api.prefix}-a`, resourceVersion: "abc" } }),
    }),
    status: 500,
    rest: { reason: undefined, message: 'strconv.ParseUint: parsing "abc": invalid syntax' },
  },
  {
    name: "a malformed resourceVersion of a read is an error without a reason",
    call: (api) => ({ method: "GET", path: poolPath(api, "b"), query: { resourceVersion: "abc" } }),
    status: 500,
    rest: { reason: undefined },
  },
  {
    name: "a malformed resourceVersion of a watch is an error without a reason",
    call: () => ({ method: "GET", path: poolsPath, query: { resourceVersion: "abc", watch: "true" } }),
    status: 500,
    rest: { reason: undefined },
  },
  {
    name: "a malformed resourceVersion of a list is a bad request",
    call: () => ({ method: "GET", path: poolsPath, query: { resourceVersion: "abc" } }),
    status: 400,
    reason: "BadRequest",
  },
  {
    name: "an update without a resourceVersion names the plural and the number 0",
    call: (api) => ({ method: "PUT", path: poolPath(api, "a"), body: pool(api, "a") }),
    status: 422,
    reason: "Invalid",
    rest: {
      "details.kind": "spiderippools",
      "details.causes.0.message": "Invalid value: 0: must be specified for an update",
    },
  },
  {
    name: "an update without a name says so",
    call: (api) => ({ method: "PUT", path: poolPath(api, "a"), body: pool(api, "a", { metadata: {} }) }),
    status: 400,
    reason: "BadRequest",
  },
]);

function putLease(api: ApiUnderTest, metadata: Record<string, unknown>): Promise<CallResult> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${api.namespace}/leases/a`;
  const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "a", ...metadata } };
  return call(api.transport, { method: "PUT", path, body });
}

testApi("an update that creates takes any resourceVersion, and no uid", async (api) => {
  assert.equal((await putLease(api, { uid: "other" })).status, 409);
  assert.equal((await putLease(api, { resourceVersion: "abc" })).status, 500);
  const created = await putLease(api, { resourceVersion: "99999999" });
  assert.equal(created.status, 201);
  assert.deepEqual(pick(created.json, "spec"), {});
});

testApi("an endpoint's PUT that changes nothing keeps the resourceVersion, whoever sends it", async (api) => {
  const path = `/apis/${spiderpoolVersion}/namespaces/${api.namespace}/spiderendpoints`;
  const body = { apiVersion: spiderpoolVersion, kind: "SpiderEndpoint", metadata: { name: "p" } };
  const created = await jsonCall(api.transport, { method: "POST", path, query: { fieldManager: "one" }, body });
  const query = { fieldManager: "two" };
  const again = await jsonCall(api.transport, { method: "PUT", path: `${path}/p`, query, body: created });
  assert.equal(pick(again, "metadata.resourceVersion"), pick(created, "metadata.resourceVersion"));
});
