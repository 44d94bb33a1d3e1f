/** Watches. */
import assert from "node:assert/strict";
import { type ApiUnderTest, testApi } from "./api_under_test.ts";
import { jsonCall, pick, readLines, watchLines } from "./call.ts";
import { configMap, corePath, pod, pool, poolPath, poolsPath } from "./objects.ts";
import type { Json } from "../apiserver/json.ts";

function shown(lines: readonly Json[]): string[] {
  return lines.map((line) => `${pick(line, "type")} ${pick(line, "object.metadata.name")}`);
}

/** Where the list at `path` is. A watch from nowhere needs an etcd that is not too old. */
async function positionOf(api: ApiUnderTest, path: string): Promise<string> {
  return String(pick(await jsonCall(api.transport, { method: "GET", path }), "metadata.resourceVersion"));
}

async function label(api: ApiUnderTest, name: string, app: string): Promise<void> {
  await jsonCall(api.transport, {
    method: "PATCH",
    path: `${corePath(api, "configmaps")}/${name}`,
    contentType: "application/merge-patch+json",
    body: { metadata: { labels: { app } } },
  });
}

testApi("a watch from a list's resourceVersion shows each write after it", async (api) => {
  const path = corePath(api, "configmaps");
  const list = await jsonCall(api.transport, { method: "GET", path });
  await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  await label(api, "a", "web");
  const last = await jsonCall(api.transport, { method: "GET", path: `${path}/a` });
  await jsonCall(api.transport, { method: "DELETE", path: `${path}/a` });
  const query = {
    resourceVersion: String(pick(list, "metadata.resourceVersion")),
    fieldSelector: "metadata.name=a",
  };
  const lines = await watchLines(api.transport, { path, query, count: 3 });
  assert.deepEqual(shown(lines), ["ADDED a", "MODIFIED a", "DELETED a"]);
  const versions = lines.map((line) => Number(pick(line, "object.metadata.resourceVersion")));
  assert.equal(versions[1], Number(pick(last, "metadata.resourceVersion")));
  assert.ok((versions[2] ?? 0) > (versions[1] ?? 0), "a deletion has a resourceVersion of its own");
  assert.equal(pick(lines[0] ?? null, "object.kind"), "ConfigMap");
});

testApi("a watch shows writes as they happen", async (api) => {
  const path = corePath(api, "pods");
  const query = { watch: "true", resourceVersion: await positionOf(api, path) };
  const response = await api.transport.request({ method: "GET", path, query });
  assert.ok(response.body);
  await jsonCall(api.transport, { method: "POST", path, body: pod("p") });
  assert.deepEqual(shown(await readLines(response.body, 1)), ["ADDED p"]);
});

for (const resourceVersion of ["", "0"]) {
  testApi(`a watch from ${JSON.stringify(resourceVersion)} starts with what is there`, async (api) => {
    const path = corePath(api, "pods");
    for (const name of ["a", "b"]) await jsonCall(api.transport, { method: "POST", path, body: pod(name) });
    const lines = await watchLines(api.transport, { path, query: { resourceVersion }, count: 2 });
    assert.deepEqual(shown(lines), ["ADDED a", "ADDED b"]);
  }, { needsWatchProgress: resourceVersion === "" });
}

testApi("what leaves a selector is shown as DELETED, what enters as ADDED", async (api) => {
  const path = corePath(api, "configmaps");
  const metadata = { name: "a", labels: { app: "web" } };
  const created = await jsonCall(api.transport, { method: "POST", path, body: configMap("a", { metadata }) });
  await label(api, "a", "db");
  await label(api, "a", "web");
  await label(api, "a", "web2");
  const query = { resourceVersion: String(pick(created, "metadata.resourceVersion")), labelSelector: "app=web" };
  const lines = await watchLines(api.transport, { path, query, count: 3 });
  assert.deepEqual(shown(lines), ["DELETED a", "ADDED a", "DELETED a"]);
  assert.equal(pick(lines[0] ?? null, "object.metadata.labels.app"), "web");
});

testApi("a watch ends after timeoutSeconds", async (api) => {
  const path = corePath(api, "pods");
  const query = { timeoutSeconds: "1", resourceVersion: await positionOf(api, path) };
  const lines = await watchLines(api.transport, { path, query, count: 100 });
  assert.deepEqual(lines, []);
});

testApi("a watch may be metadata only", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const body = { ...(created as object), status: { allocatedIPCount: 1 } };
  await jsonCall(api.transport, { method: "PUT", path: `${poolPath(api, "a")}/status`, body });
  const accept = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
  const query = {
    resourceVersion: String(pick(created, "metadata.resourceVersion")),
    fieldSelector: `metadata.name=${api.prefix}-a`,
  };
  const [line = null] = await watchLines(api.transport, { path: poolsPath, query, accept, count: 1 });
  assert.equal(pick(line, "type"), "MODIFIED");
  assert.equal(pick(line, "object.kind"), "PartialObjectMetadata");
  assert.equal(pick(line, "object.status"), undefined);
});

testApi("sendInitialEvents ends the initial state with a marked bookmark", async (api) => {
  const path = corePath(api, "pods");
  await jsonCall(api.transport, { method: "POST", path, body: pod("a") });
  const query = { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: "true" };
  const lines = await watchLines(api.transport, { path, query, count: 2 });
  assert.equal(shown(lines)[0], "ADDED a");
  assert.equal(pick(lines[1] ?? null, "type"), "BOOKMARK");
  assert.deepEqual(pick(lines[1] ?? null, "object.metadata.annotations"), { "k8s.io/initial-events-end": "true" });
}, { needsWatchProgress: true });

testApi("an aborted watch throws the reason of its signal", async (api) => {
  const controller = new AbortController();
  const { signal } = controller;
  const path = corePath(api, "pods");
  const query = { watch: "true", resourceVersion: await positionOf(api, path) };
  const response = await api.transport.request({ method: "GET", path, query, signal });
  assert.ok(response.body);
  const reading = readLines(response.body, 1);
  controller.abort(new Error("enough"));
  await assert.rejects(reading);
});
