import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { seededRandom } from "../../net/base/random.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import { call, jsonCall, pick, readLines } from "../kube/call.ts";
import { configMap } from "../kube/objects.ts";
import type { EmbeddedApiOptions, ObservedRequest } from "./options.ts";
import { EmbeddedApi } from "./server.ts";
import { readSpiderpoolCrds } from "./spiderpool_crds.ts";
import { ApiError } from "./api_error.ts";

const path = "/api/v1/namespaces/default/configmaps";

function setUp(options: Partial<EmbeddedApiOptions> = {}) {
  const clock = new FakeClock(Date.parse("2026-01-02T03:04:05Z"));
  return { clock, api: new EmbeddedApi({ clock, random: seededRandom(1), ...options }) };
}

Deno.test("EmbeddedApi answers the same twice for the same seed", async () => {
  const run = async () => {
    const { api } = setUp();
    const answers = [];
    for (const name of ["a", "b"]) {
      answers.push(await jsonCall(api.transport, { method: "POST", path, body: configMap(name) }));
    }
    return JSON.stringify([...answers, api.snapshot({ group: "", plural: "namespaces" })]);
  };
  assert.equal(await run(), await run());
});

Deno.test("EmbeddedApi.snapshot() cannot be changed", async () => {
  const { api } = setUp();
  await jsonCall(api.transport, { method: "POST", path, body: configMap("a", { data: { key: "value" } }) });
  const [object] = api.snapshot({ group: "", plural: "configmaps" });
  assert.throws(() => Object.assign(object?.data as object, { key: "other" }), TypeError);
  assert.equal(pick((await call(api.transport, { method: "GET", path: `${path}/a` })).json, "data.key"), "value");
});

Deno.test("EmbeddedApi sends bookmarks on its clock", async () => {
  const { api, clock } = setUp({ bookmarkIntervalMs: 1000 });
  const query = { watch: "true", allowWatchBookmarks: "true", resourceVersion: "0" };
  const response = await api.transport.request({ method: "GET", path, query });
  await jsonCall(api.transport, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "x" } } });
  clock.advance(1000);
  assert.ok(response.body);
  const [line = null] = await readLines(response.body, 1);
  assert.deepEqual(line, {
    type: "BOOKMARK",
    object: { kind: "ConfigMap", apiVersion: "v1", metadata: { resourceVersion: String(api.revision) } },
  });
});

Deno.test("EmbeddedApi tells a watch that its resourceVersion is forgotten", async () => {
  const { api } = setUp({ historyEvents: 2 });
  const first = await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  for (const name of ["b", "c", "d"]) await jsonCall(api.transport, { method: "POST", path, body: configMap(name) });
  const resourceVersion = String(pick(first, "metadata.resourceVersion"));
  const response = await api.transport.request({ method: "GET", path, query: { watch: "true", resourceVersion } });
  assert.equal(response.status, 200);
  assert.ok(response.body);
  const lines = await readLines(response.body, 10);
  assert.equal(lines.length, 1);
  assert.equal(pick(lines, "0.type"), "ERROR");
  assert.equal(pick(lines, "0.object.code"), 410);
  assert.equal(pick(lines, "0.object.reason"), "Expired");
  assert.match(String(pick(lines, "0.object.message")), /^too old resource version: \d+ \(\d+\)$/);
});

Deno.test("EmbeddedApi.compact() expires pages; the new token goes on with what is there now", async () => {
  const { api } = setUp();
  for (const name of ["a", "b", "c"]) await jsonCall(api.transport, { method: "POST", path, body: configMap(name) });
  const page = await jsonCall(api.transport, { method: "GET", path, query: { limit: "1" } });
  await jsonCall(api.transport, { method: "DELETE", path: `${path}/b` });
  api.compact();
  const query = { limit: "9", continue: String(pick(page, "metadata.continue")) };
  const { status, json } = await call(api.transport, { method: "GET", path, query });
  assert.equal(status, 410);
  assert.equal(pick(json, "reason"), "Expired");
  const going = { limit: "9", continue: String(pick(json, "metadata.continue")) };
  const rest = await jsonCall(api.transport, { method: "GET", path, query: going });
  assert.deepEqual((pick(rest, "items") as unknown[]).length, 1);
  assert.equal(pick(rest, "items.0.metadata.name"), "c");
});

Deno.test("EmbeddedApi delays on its clock only", async () => {
  const { api, clock } = setUp({ faults: () => ({ delayBeforeMs: 100, delayAfterMs: 50 }) });
  const start = clock.now();
  const asking = jsonCall(api.transport, { method: "POST", path, body: configMap("a") }).then(() =>
    clock.now() - start
  );
  for (const ms of [100, 50]) {
    assert.equal(clock.next(), clock.now() + ms);
    clock.advance(ms);
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
  assert.equal(await asking, 150);
});

Deno.test("EmbeddedApi tells its observer about each request", async () => {
  const seen: ObservedRequest[] = [];
  const { api } = setUp({
    observe: (request) => void seen.push(request),
    faults: ({ verb }) => (verb === "delete" ? { lose: "after" } : undefined),
  });
  const transport = api.connect("agent-1");
  await jsonCall(transport, { method: "POST", path, body: configMap("a") });
  await assert.rejects(call(transport, { method: "DELETE", path: `${path}/a` }), KubeConnectionError);
  assert.deepEqual(
    seen.map(({ client, verb, resource, name, status }) => [client, verb, resource, name, status]),
    [["agent-1", "create", "configmaps", "", 201], ["agent-1", "delete", "configmaps", "a", 0]],
  );
  assert.equal(seen[0]?.requestLength, JSON.stringify(configMap("a")).length);
});

Deno.test("EmbeddedApi asks admission, which may change and refuse", async () => {
  const { api } = setUp({
    admission: ({ operation, object, name }) => {
      if (name === "refused") throw new ApiError({ code: 403, reason: "Forbidden", message: "no" });
      if (operation !== "CREATE" || object === undefined) return Promise.resolve(undefined);
      return Promise.resolve({ ...object, data: { seen: "yes" } });
    },
  });
  const json = await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  assert.equal(pick(json, "data.seen"), "yes");
  const refused = await call(api.transport, { method: "POST", path, body: configMap("refused") });
  assert.equal(refused.status, 403);
});

Deno.test("EmbeddedApi decides again when a write comes between admission and store", async () => {
  let interrupt: (() => Promise<unknown>) | undefined;
  const { api } = setUp({
    async admission({ operation }) {
      const action = operation === "UPDATE" ? interrupt : undefined;
      interrupt = undefined;
      await action?.();
      return undefined;
    },
  });
  await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  const patch = (data: Record<string, string>) =>
    jsonCall(api.transport, {
      method: "PATCH",
      path: `${path}/a`,
      contentType: "application/merge-patch+json",
      body: { data },
    });
  interrupt = () => patch({ two: "2" });
  assert.deepEqual(pick(await patch({ one: "1" }), "data"), { two: "2", one: "1" });
});

Deno.test("EmbeddedApi serves what CustomResourceDefinitions say, as long as they exist", async () => {
  const { api } = setUp();
  const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const pools = "/apis/spiderpool.spidernet.io/v2beta1/spiderippools";
  const definition = readSpiderpoolCrds().find((crd) => JSON.stringify(crd).includes("spiderippools."));
  assert.equal((await call(api.transport, { method: "GET", path: pools })).status, 404);
  const created = await jsonCall(api.transport, { method: "POST", path: crds, body: definition });
  assert.deepEqual(
    (pick(created, "status.conditions") as { type: string }[]).map(({ type }) => type),
    ["NamesAccepted", "Established"],
  );
  const body = {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name: "a" },
    spec: { subnet: "s" },
  };
  await jsonCall(api.transport, { method: "POST", path: pools, body });
  await jsonCall(api.transport, { method: "DELETE", path: `${crds}/${pick(created, "metadata.name")}` });
  assert.equal((await call(api.transport, { method: "GET", path: pools })).status, 404);
  await jsonCall(api.transport, { method: "POST", path: crds, body: definition });
  assert.deepEqual(pick(await jsonCall(api.transport, { method: "GET", path: pools }), "items"), []);
});

const owners = [
  { policy: undefined, left: [] },
  { policy: "Background", left: [] },
  { policy: "Foreground", left: [] },
  { policy: "Orphan", left: ["child"] },
];
for (const { policy, left } of owners) {
  Deno.test(`EmbeddedApi deletes owners with propagationPolicy ${policy}`, async () => {
    const { api } = setUp();
    const owner = await jsonCall(api.transport, { method: "POST", path, body: configMap("owner") });
    const reference = {
      apiVersion: "v1",
      kind: "ConfigMap",
      name: "owner",
      uid: pick(owner, "metadata.uid"),
      blockOwnerDeletion: true,
    };
    const metadata = { name: "child", ownerReferences: [reference] };
    await jsonCall(api.transport, { method: "POST", path, body: configMap("child", { metadata }) });
    await jsonCall(api.transport, { method: "DELETE", path: `${path}/owner`, body: { propagationPolicy: policy } });
    for (let i = 0; i < 50; i++) await Promise.resolve();
    const names = api.snapshot({ group: "", plural: "configmaps" }).map((object) => object.metadata.name);
    assert.deepEqual(names, left);
  });
}

Deno.test("EmbeddedApi empties a namespace before it goes, and takes nothing new meanwhile", async () => {
  const { api } = setUp();
  await jsonCall(api.transport, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "x" } } });
  const inside = "/api/v1/namespaces/x/configmaps";
  const metadata = { name: "a", finalizers: ["example.com/hold"] };
  await jsonCall(api.transport, { method: "POST", path: inside, body: configMap("a", { metadata }) });
  const marked = await jsonCall(api.transport, { method: "DELETE", path: "/api/v1/namespaces/x" });
  assert.equal(pick(marked, "status.phase"), "Terminating");
  const refused = await call(api.transport, { method: "POST", path: inside, body: configMap("b") });
  assert.equal(refused.status, 403);
  assert.equal(pick(refused.json, "details.causes.0.reason"), "NamespaceTerminating");
  const contentType = "application/merge-patch+json";
  const body = { metadata: { finalizers: [] } };
  await jsonCall(api.transport, { method: "PATCH", path: `${inside}/a`, contentType, body });
  for (let i = 0; i < 50; i++) await Promise.resolve();
  assert.equal((await call(api.transport, { method: "GET", path: "/api/v1/namespaces/x" })).status, 404);
});
