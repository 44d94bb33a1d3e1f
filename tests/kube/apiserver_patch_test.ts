/** The four kinds of patches. */
import assert from "node:assert/strict";
import { type ApiUnderTest, testApi } from "./api_under_test.ts";
import { call, type CallResult, jsonCall, pick } from "./call.ts";
import { configMap, corePath, pod, pool, poolPath, poolsPath } from "./objects.ts";

const jsonPatch = "application/json-patch+json";
const mergePatch = "application/merge-patch+json";
const strategicPatch = "application/strategic-merge-patch+json";
const applyPatch = "application/apply-patch+yaml";

testApi("merge patch merges maps, replaces lists, removes nulls", async (api) => {
  const spec = { subnet: "10.0.0.0/24", ips: ["10.0.0.1"], gateway: "10.0.0.254" };
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a", { spec }) });
  const body = { spec: { ips: ["10.0.0.2"], gateway: null, disable: true } };
  const path = poolPath(api, "a");
  const json = await jsonCall(api.transport, { method: "PATCH", path, contentType: mergePatch, body });
  assert.deepEqual(pick(json, "spec"), { subnet: "10.0.0.0/24", ips: ["10.0.0.2"], default: false, disable: true });
});

testApi("merge patch with an old resourceVersion is 409", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const path = poolPath(api, "a");
  const resourceVersion = pick(created, "metadata.resourceVersion");
  const patch = (disable: boolean) =>
    call(api.transport, {
      method: "PATCH",
      path,
      contentType: mergePatch,
      body: { metadata: { resourceVersion }, spec: { disable } },
    });
  assert.equal((await patch(true)).status, 200);
  assert.equal((await patch(false)).status, 409);
});

testApi("JSON patch applies operations, a failed test changes nothing", async (api) => {
  const path = corePath(api, "configmaps");
  await jsonCall(api.transport, { method: "POST", path, body: configMap("a", { data: { one: "1" } }) });
  const patch = (body: unknown) =>
    call(api.transport, { method: "PATCH", path: `${path}/a`, contentType: jsonPatch, body });
  const done = await patch([
    { op: "test", path: "/data/one", value: "1" },
    { op: "add", path: "/data/two", value: "2" },
    { op: "remove", path: "/data/one" },
  ]);
  assert.deepEqual(pick(done.json, "data"), { two: "2" });
  const refused = await patch([{ op: "add", path: "/data/three", value: "3" }, {
    op: "test",
    path: "/data/two",
    value: "9",
  }]);
  assert.equal(refused.status, 422);
  assert.equal(pick(refused.json, "reason"), "Invalid");
  assert.deepEqual(pick(await jsonCall(api.transport, { method: "GET", path: `${path}/a` }), "data"), { two: "2" });
  assert.equal((await patch({ op: "add" })).status, 400);
});

testApi("strategic merge patch merges keyed lists of built-in Kinds", async (api) => {
  const path = corePath(api, "pods");
  await jsonCall(api.transport, { method: "POST", path, body: pod("p") });
  const body = {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "main", image: "busybox:2" }] },
  };
  const json = await jsonCall(api.transport, { method: "PATCH", path: `${path}/p`, contentType: strategicPatch, body });
  assert.equal(pick(json, "spec.containers.0.image"), "busybox:2");
  assert.equal(pick(json, "spec.containers.0.terminationMessagePolicy"), "File");
  assert.deepEqual(pick(json, "metadata.labels"), { app: "web" });
});

testApi("strategic merge patch of a custom resource is 415", async (api) => {
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const path = poolPath(api, "a");
  const { status, json } = await call(api.transport, { method: "PATCH", path, contentType: strategicPatch, body: {} });
  assert.equal(status, 415);
  assert.equal(pick(json, "reason"), "UnsupportedMediaType");
});

testApi("a patch of an absent object is 404", async (api) => {
  const path = poolPath(api, "a");
  const { status } = await call(api.transport, { method: "PATCH", path, contentType: mergePatch, body: {} });
  assert.equal(status, 404);
});

testApi("a patch cannot make an object invalid", async (api) => {
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const body = { spec: { subnet: null } };
  const { status } = await call(api.transport, {
    method: "PATCH",
    path: poolPath(api, "a"),
    contentType: mergePatch,
    body,
  });
  assert.equal(status, 422);
});

function apply(
  api: ApiUnderTest,
  spec: unknown,
  { manager, force = false }: { manager: string; force?: boolean },
): Promise<CallResult> {
  const query = { fieldManager: manager, ...(force ? { force: "true" } : {}) };
  const body = pool(api, "a", { spec });
  return call(api.transport, { method: "PATCH", path: poolPath(api, "a"), contentType: applyPatch, query, body });
}

testApi("apply creates, merges and drops what its manager no longer names", async (api) => {
  const first = await apply(api, { subnet: "10.0.0.0/24", gateway: "10.0.0.254", ips: ["10.0.0.1"] }, {
    manager: "one",
  });
  assert.equal(first.status, 201);
  assert.equal(pick(first.json, "metadata.managedFields.0.manager"), "one");
  assert.equal(pick(first.json, "metadata.managedFields.0.operation"), "Apply");
  const second = await apply(api, { subnet: "10.0.0.0/24", ips: ["10.0.0.2"] }, { manager: "one" });
  assert.equal(second.status, 200);
  assert.deepEqual(pick(second.json, "spec"), {
    subnet: "10.0.0.0/24",
    ips: ["10.0.0.2"],
    default: false,
    disable: false,
  });
});

testApi("apply of the same again keeps the resourceVersion", async (api) => {
  const spec = { subnet: "10.0.0.0/24", ips: ["10.0.0.1"] };
  const first = await apply(api, spec, { manager: "one" });
  const second = await apply(api, spec, { manager: "one" });
  assert.equal(pick(second.json, "metadata.resourceVersion"), pick(first.json, "metadata.resourceVersion"));
});

testApi("apply over another manager's field is 409 unless forced", async (api) => {
  await apply(api, { subnet: "10.0.0.0/24", gateway: "10.0.0.254" }, { manager: "one" });
  const wanted = { subnet: "10.0.0.0/24", gateway: "10.0.0.253" };
  const refused = await apply(api, wanted, { manager: "two" });
  assert.equal(refused.status, 409);
  assert.equal(pick(refused.json, "message"), 'Apply failed with 1 conflict: conflict with "one": .spec.gateway');
  assert.deepEqual(pick(refused.json, "details.causes"), [
    { reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".spec.gateway" },
  ]);
  const forced = await apply(api, wanted, { manager: "two", force: true });
  assert.equal(pick(forced.json, "spec.gateway"), "10.0.0.253");
  assert.equal((await apply(api, { subnet: "10.0.0.0/24", gateway: "10.0.0.1" }, { manager: "one" })).status, 409);
});

testApi("apply keeps fields that an update set", async (api) => {
  await apply(api, { subnet: "10.0.0.0/24" }, { manager: "one" });
  const body = { spec: { disable: true } };
  await jsonCall(api.transport, { method: "PATCH", path: poolPath(api, "a"), contentType: mergePatch, body });
  const again = await apply(api, { subnet: "10.0.0.0/24", gateway: "10.0.0.254" }, { manager: "one" });
  assert.equal(pick(again.json, "spec.disable"), true);
  assert.equal(pick(again.json, "spec.gateway"), "10.0.0.254");
});

testApi("apply needs a field manager", async (api) => {
  const path = poolPath(api, "a");
  const answer = await call(api.transport, { method: "PATCH", path, contentType: applyPatch, body: pool(api, "a") });
  assert.ok(answer.status === 422 || answer.status === 400, String(answer.status));
  assert.match(String(pick(answer.json, "message")), /fieldManager: Required value/);
});
