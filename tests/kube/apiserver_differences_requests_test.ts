/**
 * Paths, forms and options: where the embedded API once answered differently from the real one. Each test keeps both alike.
 */
import assert from "node:assert/strict";
import { testAnswers } from "./answer_rows.ts";
import { testApi } from "./api_under_test.ts";
import { jsonCall, pick } from "./call.ts";
import { configMap, corePath, pool, poolPath, poolsPath } from "./objects.ts";

testAnswers([
  {
    name: "dryRun that is not All is invalid",
    call: (api) => ({ method: "POST", path: poolsPath, query: { dryRun: "Some" }, body: pool(api, "b") }),
    status: 422,
    reason: "Invalid",
    rest: { "details.kind": "CreateOptions" },
  },
  {
    name: "a form the server does not have is missed before the object",
    call: (api) => ({ method: "GET", path: poolPath(api, "b"), accept: "text/plain" }),
    status: 406,
    reason: "NotAcceptable",
  },
  {
    name: "a subresource that a custom resource does not have is an absent object",
    call: (api) => ({ method: "GET", path: `${poolPath(api, "a")}/scale` }),
    status: 404,
    reason: "NotFound",
    rest: { "details.kind": "spiderippools" },
  },
  {
    name: "a resource that a built-in group does not have is a Status",
    call: () => ({ method: "GET", path: "/api/v1/nones" }),
    status: 404,
    reason: "NotFound",
    rest: { details: {} },
  },
  {
    name: "a method that a subresource does not have names the resource",
    call: (api) => ({ method: "DELETE", path: `${poolPath(api, "a")}/status` }),
    status: 405,
    reason: "MethodNotAllowed",
    rest: { "details.kind": "spiderippools" },
  },
  {
    name: "a negative limit is none",
    call: () => ({ method: "GET", path: poolsPath, query: { limit: "-1" } }),
    status: 200,
    rest: { "metadata.continue": "" },
  },
  {
    name: "objects of cluster-scoped custom resources have no namespace to select by",
    call: () => ({ method: "GET", path: poolsPath, query: { fieldSelector: "metadata.namespace=a" } }),
    status: 400,
    reason: "BadRequest",
  },
  {
    name: "a watch takes resourceVersionMatch only with sendInitialEvents",
    call: () => ({
      method: "GET",
      path: poolsPath,
      query: { watch: "true", resourceVersionMatch: "NotOlderThan", resourceVersion: "1" },
    }),
    status: 422,
    reason: "Invalid",
    rest: { "details.kind": "ListOptions" },
  },
  {
    name: "a list does not take sendInitialEvents",
    call: () => ({ method: "GET", path: poolsPath, query: { sendInitialEvents: "true" } }),
    status: 422,
    reason: "Invalid",
    rest: { "details.causes.0.field": "sendInitialEvents" },
  },
]);

testApi("a page goes on when anything follows it, fitting or not", async (api) => {
  const path = corePath(api, "configmaps");
  const labelled = configMap("a", { metadata: { name: "a", labels: { app: api.prefix } } });
  for (const body of [labelled, configMap("b")]) await jsonCall(api.transport, { method: "POST", path, body });
  const query = { limit: "1", labelSelector: `app=${api.prefix}` };
  const first = await jsonCall(api.transport, { method: "GET", path, query });
  const next = { ...query, continue: String(pick(first, "metadata.continue")) };
  assert.deepEqual(pick(await jsonCall(api.transport, { method: "GET", path, query: next }), "items"), []);
});
