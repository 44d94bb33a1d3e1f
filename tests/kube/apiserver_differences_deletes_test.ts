/**
 * Deletions, finalizers and owners: where the embedded API once answered differently from the real one. Each test keeps both alike.
 */
import assert from "node:assert/strict";
import { testAnswers } from "./answer_rows.ts";
import { testApi } from "./api_under_test.ts";
import { type Call, call, eventually, jsonCall, pick, watchLines } from "./call.ts";
import { configMap, corePath, pod, pool, poolPath, poolsPath } from "./objects.ts";

const mergePatch = "application/merge-patch+json";
const applyPatch = "application/apply-patch+yaml";

testAnswers([
  {
    name: "a propagation policy nobody knows is invalid",
    call: (api) => ({ method: "DELETE", path: poolPath(api, "a"), body: { propagationPolicy: "Never" } }),
    status: 422,
    reason: "Invalid",
    rest: { "details.kind": "DeleteOptions" },
  },
  {
    name: "a body of DELETE that is no DeleteOptions is an error without a reason",
    call: (api) => ({ method: "DELETE", path: poolPath(api, "a"), body: "[]" }),
    status: 500,
    rest: { reason: undefined },
  },
  {
    name: "a precondition of DELETE that fails names the Kind where others name the plural",
    call: (api) => ({ method: "DELETE", path: poolPath(api, "a"), body: { preconditions: { uid: "other" } } }),
    status: 409,
    reason: "Conflict",
    rest: { "details.kind": "SpiderIPPool" },
  },
]);

testApi("a finalizer without a path is warned about, with a refusal too", async (api) => {
  const metadata = { name: `${api.prefix}-a`, finalizers: ["spiderpool.spidernet.io"] };
  const created = await call(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a", { metadata }) });
  assert.match(created.headers.get("warning") ?? "", /prefer a domain-qualified finalizer name including a path/);
  const body = pool(api, "a", { unknown: 1 });
  const refused = await call(api.transport, { method: "POST", path: poolsPath, body });
  assert.equal(refused.status, 409);
  assert.match(refused.headers.get("warning") ?? "", /unknown field \\"unknown\\"/);
});

testApi("a write that removes the last finalizer answers what was asked for", async (api) => {
  const metadata = { name: `${api.prefix}-a`, finalizers: ["example.com/one"] };
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a", { metadata }) });
  const marked = await jsonCall(api.transport, { method: "DELETE", path: poolPath(api, "a") });
  const body = { metadata: { finalizers: null, labels: { app: "web" } } };
  const request: Call = { method: "PATCH", path: poolPath(api, "a"), contentType: mergePatch, body };
  const last = await jsonCall(api.transport, request);
  assert.deepEqual(pick(last, "metadata.labels"), { app: "web" });
  assert.equal(pick(last, "metadata.resourceVersion"), pick(marked, "metadata.resourceVersion"));
});

testApi("create over an object that is leaving says so", async (api) => {
  const metadata = { name: `${api.prefix}-a`, finalizers: ["example.com/one"] };
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a", { metadata }) });
  await jsonCall(api.transport, { method: "DELETE", path: poolPath(api, "a") });
  const { status, json } = await call(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  assert.equal(status, 409);
  assert.match(String(pick(json, "message")), /^object is being deleted: spiderippools/);
});

testApi("a Pod without a grace period is shown as deleted twice: marked, then gone", async (api) => {
  const path = corePath(api, "pods");
  const created = await jsonCall(api.transport, { method: "POST", path, body: pod("p") });
  const deleted = await jsonCall(api.transport, {
    method: "DELETE",
    path: `${path}/p`,
    body: { gracePeriodSeconds: 0 },
  });
  assert.equal(pick(deleted, "metadata.deletionGracePeriodSeconds"), 0);
  const query = {
    resourceVersion: String(pick(created, "metadata.resourceVersion")),
    fieldSelector: "metadata.name=p",
  };
  const lines = await watchLines(api.transport, { path, query, count: 2 });
  assert.deepEqual(lines.map((line) => pick(line, "type")), ["MODIFIED", "DELETED"]);
});

testApi("single dangling owners are taken off while another lives", async (api) => {
  const path = corePath(api, "configmaps");
  const owner = await jsonCall(api.transport, { method: "POST", path, body: configMap("owner") });
  const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: pick(owner, "metadata.uid") };
  const dangling = { ...reference, name: "gone", uid: crypto.randomUUID() };
  const body = configMap("owned", { metadata: { name: "owned", ownerReferences: [dangling, reference] } });
  await jsonCall(api.transport, { method: "POST", path, body });
  await eventually("the dangling owner is off", async () => {
    const owned = await jsonCall(api.transport, { method: "GET", path: `${path}/owned` });
    return JSON.stringify(pick(owned, "metadata.ownerReferences")) === JSON.stringify([reference]);
  });
}, { needsControllers: true });

testApi("a definition stays until its last object has gone, and takes no new ones", async (api) => {
  const group = `${api.prefix}.example.com`;
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const path = `${definitions}/things.${group}`;
  const schema = { openAPIV3Schema: { type: "object" } };
  const spec = {
    group,
    scope: "Cluster",
    names: { kind: "Thing", plural: "things" },
    versions: [{ name: "v1", served: true, storage: true, schema }],
  };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}` },
    spec,
  };
  await jsonCall(api.transport, { method: "POST", path: definitions, body: definition });
  const things = `/apis/${group}/v1/things`;
  const thing = (name: string, finalizers: string[]) => ({
    apiVersion: `${group}/v1`,
    kind: "Thing",
    metadata: { name, finalizers },
  });
  await eventually("things are served", async () => {
    const body = thing("held", ["example.com/one"]);
    return (await call(api.transport, { method: "POST", path: things, body })).status === 201;
  });
  const marked = await jsonCall(api.transport, { method: "DELETE", path });
  assert.deepEqual(pick(marked, "metadata.finalizers"), ["customresourcecleanup.apiextensions.k8s.io"]);
  await eventually("its object is marked", async () => {
    const { json } = await call(api.transport, { method: "GET", path: `${things}/held` });
    return pick(json, "metadata.deletionTimestamp") !== undefined;
  });
  const refusal: Call = { method: "POST", path: things, body: thing("new", []) };
  await eventually("new ones are refused", async () => { // a real server's own watch has to tell it
    return (await call(api.transport, { ...refusal, query: { dryRun: "All" } })).status === 403;
  });
  const refused = await call(api.transport, refusal);
  assert.deepEqual([refused.status, pick(refused.json, "reason")], [403, "Forbidden"]);
  assert.equal((await call(api.transport, { method: "GET", path })).status, 200);
  const release: Call = {
    method: "PATCH",
    path: `${things}/held`,
    contentType: mergePatch,
    body: { metadata: { finalizers: null } },
  };
  await jsonCall(api.transport, release);
  await eventually("the definition is gone", async () => {
    return (await call(api.transport, { method: "GET", path })).status === 404;
  });
}, { needsControllers: true });

testApi("who sends another deletionTimestamp for an object that is leaving owns that field", async (api) => {
  const metadata = { name: `${api.prefix}-a`, finalizers: ["example.com/one"] };
  const query = { fieldManager: "one" };
  await jsonCall(api.transport, {
    method: "PATCH",
    path: poolPath(api, "a"),
    contentType: applyPatch,
    query,
    body: pool(api, "a", { metadata }),
  });
  const marked = await jsonCall(api.transport, { method: "DELETE", path: poolPath(api, "a") });
  const body = { metadata: { deletionTimestamp: "2020-01-01T00:00:00Z" } };
  const request: Call = { method: "PATCH", path: poolPath(api, "a"), contentType: mergePatch, body };
  const patched = await jsonCall(api.transport, request);
  assert.equal(pick(patched, "metadata.deletionTimestamp"), pick(marked, "metadata.deletionTimestamp"));
  assert.match(JSON.stringify(pick(patched, "metadata.managedFields")), /"f:deletionTimestamp"/);
});

testApi("an apply may create an object that is leaving", async (api) => {
  const deletionTimestamp = "2020-01-01T00:00:00Z";
  const metadata = { name: `${api.prefix}-b`, deletionTimestamp, finalizers: ["example.com/one"] };
  const query = { fieldManager: "one" };
  const created = await jsonCall(api.transport, {
    method: "PATCH",
    path: poolPath(api, "b"),
    contentType: applyPatch,
    query,
    body: pool(api, "b", { metadata }),
  });
  assert.equal(pick(created, "metadata.deletionTimestamp"), deletionTimestamp);
});
