/** Lists: selectors, pages, forms. */
import assert from "node:assert/strict";
import { type ApiUnderTest, testApi } from "./api_under_test.ts";
import { call, eventually, jsonCall, pick } from "./call.ts";
import { configMap, corePath, newNode, pod, pool, poolsPath } from "./objects.ts";
import type { Json } from "../apiserver/json.ts";

function names(list: Json): string[] {
  return (pick(list, "items") as Json[]).map((item) => String(pick(item, "metadata.name")));
}

async function createConfigMaps(api: ApiUnderTest): Promise<string> {
  const path = corePath(api, "configmaps");
  const labels = [{ app: "web", tier: "front" }, { app: "web", tier: "back" }, { app: "db" }, undefined];
  for (const [i, value] of labels.entries()) {
    const metadata = { name: `c${i}`, ...(value === undefined ? {} : { labels: value }) };
    await jsonCall(api.transport, { method: "POST", path, body: configMap(`c${i}`, { metadata }) });
  }
  return path;
}

const labelSelectors = [
  { selector: "app=web", want: ["c0", "c1"] },
  { selector: "app==db", want: ["c2"] },
  { selector: "app=web,tier!=back", want: ["c0"] },
  { selector: "app!=web", want: ["c2", "c3"] },
  { selector: "app in (web, db),tier", want: ["c0", "c1"] },
  { selector: "app notin (web)", want: ["c2", "c3"] },
  { selector: "!app", want: ["c3"] },
];

testApi("label selectors choose", async (api) => {
  const path = await createConfigMaps(api);
  for (const { selector, want } of labelSelectors) {
    // Real clusters put a ConfigMap of their own into each namespace.
    const list = await jsonCall(api.transport, { method: "GET", path, query: { labelSelector: selector } });
    assert.deepEqual(names(list).filter((name) => name.startsWith("c")), want, selector);
  }
});

testApi("field selectors choose", async (api) => {
  const path = corePath(api, "pods");
  const [n1, n2] = [newNode(), newNode()];
  for (const [name, node] of [["a", n1], ["b", n2], ["c", n1]] as const) {
    await jsonCall(api.transport, { method: "POST", path, body: pod(name, { node }) });
  }
  const rows = [
    { selector: `spec.nodeName=${n1}`, want: ["a", "c"] },
    { selector: `spec.nodeName!=${n1}`, want: ["b"] },
    { selector: "metadata.name=b", want: ["b"] },
    { selector: `status.phase=Pending,spec.nodeName=${n2}`, want: ["b"] },
    { selector: "status.phase=Running", want: [] },
  ];
  for (const { selector, want } of rows) {
    const list = await jsonCall(api.transport, { method: "GET", path, query: { fieldSelector: selector } });
    assert.deepEqual(names(list), want, selector);
  }
});

const brokenSelectors = [
  { labelSelector: "a in (" },
  { labelSelector: "=x" },
  { fieldSelector: "spec.unknown=1" },
  { fieldSelector: "nonsense" },
];
for (const query of brokenSelectors) {
  testApi(`a selector that does not parse is 400: ${JSON.stringify(query)}`, async (api) => {
    assert.equal((await call(api.transport, { method: "GET", path: corePath(api, "pods"), query })).status, 400);
  });
}

testApi("items of built-in lists carry no Kind, of custom ones they do", async (api) => {
  await jsonCall(api.transport, { method: "POST", path: corePath(api, "pods"), body: pod("p") });
  const pods = await jsonCall(api.transport, { method: "GET", path: corePath(api, "pods") });
  assert.equal(pick(pods, "kind"), "PodList");
  assert.equal(pick(pods, "items.0.kind"), undefined);
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const pools = await jsonCall(api.transport, { method: "GET", path: poolsPath });
  assert.equal(pick(pools, "kind"), "SpiderIPPoolList");
  assert.equal(pick(pools, "items.0.kind"), "SpiderIPPool");
});

testApi("pages show one snapshot", async (api) => {
  const path = corePath(api, "pods");
  for (const name of ["a", "b", "c", "d", "e"]) {
    await jsonCall(api.transport, { method: "POST", path, body: pod(name) });
  }
  const first = await jsonCall(api.transport, { method: "GET", path, query: { limit: "2" } });
  assert.deepEqual(names(first), ["a", "b"]);
  assert.equal(pick(first, "metadata.remainingItemCount"), 3);
  await jsonCall(api.transport, { method: "DELETE", path: `${path}/d`, body: { gracePeriodSeconds: 0 } });
  await jsonCall(api.transport, { method: "POST", path, body: pod("bb") });
  const query = { limit: "2", continue: String(pick(first, "metadata.continue")) };
  const second = await jsonCall(api.transport, { method: "GET", path, query });
  assert.deepEqual(names(second), ["c", "d"]);
  assert.equal(pick(second, "metadata.resourceVersion"), pick(first, "metadata.resourceVersion"));
  const last = { limit: "2", continue: String(pick(second, "metadata.continue")) };
  const third = await jsonCall(api.transport, { method: "GET", path, query: last });
  assert.deepEqual(names(third), ["e"]);
  assert.equal(pick(third, "metadata.continue") ?? "", "");
});

testApi("a broken continue token is 400", async (api) => {
  const query = { limit: "2", continue: "nonsense" };
  assert.equal((await call(api.transport, { method: "GET", path: corePath(api, "pods"), query })).status, 400);
});

testApi("a resourceVersion from the future is 504 with a hint to retry", async (api) => {
  const query = { resourceVersion: "999999999", resourceVersionMatch: "NotOlderThan" };
  const { status, json } = await call(api.transport, { method: "GET", path: corePath(api, "pods"), query });
  assert.equal(status, 504);
  assert.equal(pick(json, "details.causes.0.reason"), "ResourceVersionTooLarge");
  assert.equal(pick(json, "details.retryAfterSeconds"), 1);
});

testApi("an exact resourceVersion shows the past", async (api) => {
  const path = corePath(api, "pods");
  const created = await jsonCall(api.transport, { method: "POST", path, body: pod("a") });
  await jsonCall(api.transport, { method: "POST", path, body: pod("b") });
  const query = { resourceVersion: String(pick(created, "metadata.resourceVersion")), resourceVersionMatch: "Exact" };
  assert.deepEqual(names(await jsonCall(api.transport, { method: "GET", path, query })), ["a"]);
});

testApi("a page of a resourceVersion shows the past, but for one object selected by name the present", async (api) => {
  const path = corePath(api, "pods");
  const created = await jsonCall(api.transport, { method: "POST", path, body: pod("a") });
  const patch = { method: "PATCH", contentType: "application/merge-patch+json" } as const;
  await jsonCall(api.transport, { ...patch, path: `${path}/a`, body: { metadata: { labels: { app: "new" } } } });
  const resourceVersion = String(pick(created, "metadata.resourceVersion"));
  const labelOf = async (query: Record<string, string>) => {
    const list = await jsonCall(api.transport, {
      method: "GET",
      path,
      query: { limit: "3", resourceVersion, ...query },
    });
    return pick(list, "items.0.metadata.labels.app");
  };
  assert.notEqual(await labelOf({}), "new");
  const isPresent = async () => await labelOf({ fieldSelector: "metadata.name=a" }) === "new";
  await eventually("the present is shown, as soon as the server's cache has it", isPresent);
  assert.notEqual(await labelOf({ fieldSelector: "metadata.name=a", resourceVersionMatch: "Exact" }), "new");
});

testApi("a list may be metadata only", async (api) => {
  await jsonCall(api.transport, { method: "POST", path: corePath(api, "pods"), body: pod("p") });
  const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  const list = await jsonCall(api.transport, { method: "GET", path: corePath(api, "pods"), accept });
  assert.equal(pick(list, "kind"), "PartialObjectMetadataList");
  assert.equal(pick(list, "items.0.metadata.name"), "p");
  assert.equal(pick(list, "items.0.spec"), undefined);
});

testApi("a form the server does not have is 406", async (api) => {
  const accept = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
  assert.equal((await call(api.transport, { method: "GET", path: corePath(api, "pods"), accept })).status, 406);
  assert.equal((await call(api.transport, { method: "GET", path: poolsPath, accept: "text/plain" })).status, 406);
});

testApi("a table has the columns of the definition", async (api) => {
  const spec = { ipVersion: 4, subnet: "10.0.0.0/24", nodeName: ["n1", "n2"] };
  const metadata = { name: `${api.prefix}-a`, labels: { table: api.prefix } };
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a", { metadata, spec }) });
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const query = { labelSelector: `table=${api.prefix}` };
  const table = await jsonCall(api.transport, { method: "GET", path: poolsPath, accept, query });
  const columns = pick(table, "columnDefinitions") as Json[];
  assert.deepEqual(columns.slice(0, 6).map((column) => pick(column, "name")), [
    "Name",
    "VERSION",
    "SUBNET",
    "ALLOCATED-IP-COUNT",
    "TOTAL-IP-COUNT",
    "DEFAULT",
  ]);
  assert.deepEqual((pick(table, "rows.0.cells") as Json[]).slice(0, 8), [
    `${api.prefix}-a`,
    "4",
    "10.0.0.0/24",
    null,
    null,
    false,
    false,
    '["n1","n2"]',
  ]);
  assert.equal(pick(table, "rows.0.object.kind"), "PartialObjectMetadata");
});
