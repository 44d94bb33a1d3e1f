/** Create, read, update, delete, subresources and optimistic concurrency. */
import assert from "node:assert/strict";
import { testApi } from "./api_under_test.ts";
import { call, eventually, jsonCall, pick } from "./call.ts";
import { configMap, corePath, pod, pool, poolPath, poolsPath, spiderpoolVersion } from "./objects.ts";

testApi("create sets what the server owns and defaults the rest", async (api) => {
  const body = pool(api, "a", {
    spec: { subnet: "10.0.0.0/24", default: null, unknown: 1 },
    status: { allocatedIPCount: 7 },
  });
  const { status, json } = await call(api.transport, { method: "POST", path: poolsPath, body });
  assert.equal(status, 201);
  assert.deepEqual(pick(json, "spec"), { subnet: "10.0.0.0/24", default: false, disable: false });
  assert.equal(pick(json, "status"), undefined);
  assert.equal(pick(json, "metadata.generation"), 1);
  assert.match(
    String(pick(json, "metadata.uid")),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.match(String(pick(json, "metadata.creationTimestamp")), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(String(pick(json, "metadata.resourceVersion")), /^[1-9]\d*$/);
});

testApi("create of an existing name is 409 AlreadyExists", async (api) => {
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const { status, json } = await call(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const name = `${api.prefix}-a`;
  assert.equal(status, 409);
  assert.deepEqual(json, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: `spiderippools.spiderpool.spidernet.io "${name}" already exists`,
    reason: "AlreadyExists",
    details: { name, group: "spiderpool.spidernet.io", kind: "spiderippools" },
    code: 409,
  });
});

testApi("get of an absent object is 404 NotFound", async (api) => {
  const { status, json } = await call(api.transport, { method: "GET", path: `${corePath(api, "pods")}/none` });
  assert.equal(status, 404);
  assert.deepEqual(json, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: 'pods "none" not found',
    reason: "NotFound",
    details: { name: "none", kind: "pods" },
    code: 404,
  });
});

testApi("generateName appends five characters", async (api) => {
  const body = { ...configMap(""), metadata: { generateName: "made-" } };
  const json = await jsonCall(api.transport, { method: "POST", path: corePath(api, "configmaps"), body });
  assert.match(String(pick(json, "metadata.name")), /^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

testApi("create in an absent namespace is 404 for the namespace", async (api) => {
  const path = `/api/v1/namespaces/${api.prefix}-none/configmaps`;
  const { status, json } = await call(api.transport, { method: "POST", path, body: configMap("a") });
  assert.equal(status, 404);
  assert.equal(pick(json, "message"), `namespaces "${api.prefix}-none" not found`);
});

testApi("create with a resourceVersion is refused", async (api) => {
  const body = configMap("a", { metadata: { name: "a", resourceVersion: "5" } });
  const { status, json } = await call(api.transport, { method: "POST", path: corePath(api, "configmaps"), body });
  assert.equal(status, 500);
  assert.equal(pick(json, "message"), "resourceVersion should not be set on objects to be created");
});

testApi("PUT with an old resourceVersion is 409 Conflict", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const metadata = { name: `${api.prefix}-a`, resourceVersion: pick(created, "metadata.resourceVersion") };
  const body = pool(api, "a", { metadata, spec: { subnet: "10.0.0.0/24", disable: true } });
  await jsonCall(api.transport, { method: "PUT", path: poolPath(api, "a"), body });
  const { status, json } = await call(api.transport, { method: "PUT", path: poolPath(api, "a"), body });
  assert.equal(status, 409);
  assert.equal(pick(json, "reason"), "Conflict");
  assert.equal(
    pick(json, "message"),
    `Operation cannot be fulfilled on spiderippools.spiderpool.spidernet.io "${api.prefix}-a": the object has been ` +
      "modified; please apply your changes to the latest version and try again",
  );
});

testApi("PUT of a custom resource needs a resourceVersion, of a ConfigMap it does not", async (api) => {
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const refused = await call(api.transport, { method: "PUT", path: poolPath(api, "a"), body: pool(api, "a") });
  assert.equal(refused.status, 422);
  assert.match(
    String(pick(refused.json, "message")),
    /metadata\.resourceVersion: Invalid value: .*must be specified for an update$/,
  );
  const path = corePath(api, "configmaps");
  await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  const body = configMap("a", { data: { key: "value" } });
  assert.deepEqual(pick(await jsonCall(api.transport, { method: "PUT", path: `${path}/a`, body }), "data"), {
    key: "value",
  });
});

testApi("PUT with another object's uid is 409", async (api) => {
  const path = corePath(api, "configmaps");
  const created = await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  const body = configMap("a", { metadata: { name: "a", uid: "00000000-0000-4000-8000-000000000000" } });
  const { status, json } = await call(api.transport, { method: "PUT", path: `${path}/a`, body });
  assert.equal(status, 409);
  assert.match(
    String(pick(json, "message")),
    new RegExp(
      `Precondition failed: UID in precondition: 0{8}-0000-4000-8000-0{12}, UID in object meta: ${
        pick(created, "metadata.uid")
      }`,
    ),
  );
});

testApi("PUT under another name is 400", async (api) => {
  const path = corePath(api, "configmaps");
  await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  const { status, json } = await call(api.transport, { method: "PUT", path: `${path}/a`, body: configMap("b") });
  assert.equal(status, 400);
  assert.equal(pick(json, "message"), "the name of the object (b) does not match the name on the URL (a)");
});

testApi("a PUT that changes nothing keeps the resourceVersion", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const again = await jsonCall(api.transport, { method: "PUT", path: poolPath(api, "a"), body: created });
  assert.equal(pick(again, "metadata.resourceVersion"), pick(created, "metadata.resourceVersion"));
});

testApi("PUT leaves status, PUT of status leaves the rest and needs only a name", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const identity = (json: typeof created) => ({
    name: `${api.prefix}-a`,
    resourceVersion: pick(json, "metadata.resourceVersion"),
  });
  const sent = { allocatedIPs: '{"10.0.0.1":{"pod":"a/b","podUid":"u"}}', allocatedIPCount: 1 };
  const statusBody = { apiVersion: spiderpoolVersion, kind: "SpiderIPPool", metadata: identity(created), status: sent };
  const written = await jsonCall(api.transport, {
    method: "PUT",
    path: `${poolPath(api, "a")}/status`,
    body: statusBody,
  });
  assert.deepEqual(pick(written, "status"), sent);
  assert.deepEqual(pick(written, "spec"), pick(created, "spec"));
  assert.equal(pick(written, "metadata.generation"), 1);
  const spec = { subnet: "10.0.0.0/24", ips: ["10.0.0.1-10.0.0.9"] };
  const body = pool(api, "a", { metadata: identity(written), spec, status: { allocatedIPCount: 99 } });
  const changed = await jsonCall(api.transport, { method: "PUT", path: poolPath(api, "a"), body });
  assert.deepEqual(pick(changed, "status"), sent);
  assert.deepEqual(pick(changed, "spec.ips"), ["10.0.0.1-10.0.0.9"]);
  assert.equal(pick(changed, "metadata.generation"), 2);
});

testApi("a Kind without the subresource takes status with the object and counts it as a generation", async (api) => {
  const path = `/apis/${spiderpoolVersion}/namespaces/${api.namespace}/spiderendpoints`;
  const current = { uid: "u", node: "n", ips: [] };
  const status = { current, ownerControllerType: "Pod", ownerControllerName: "p" };
  const body = { apiVersion: spiderpoolVersion, kind: "SpiderEndpoint", metadata: { name: "p" }, status };
  const created = await jsonCall(api.transport, { method: "POST", path, body });
  assert.deepEqual(pick(created, "status.current"), current);
  const changed = { ...(created as object), status: { ...status, current: { ...current, node: "m" } } };
  const written = await jsonCall(api.transport, { method: "PUT", path: `${path}/p`, body: changed });
  assert.equal(pick(written, "metadata.generation"), 2);
  assert.equal((await call(api.transport, { method: "PUT", path: `${path}/p/status`, body: changed })).status, 404);
});

testApi("dryRun answers as if it were done and stores nothing", async (api) => {
  const path = corePath(api, "configmaps");
  const query = { dryRun: "All" };
  assert.equal((await call(api.transport, { method: "POST", path, query, body: configMap("a") })).status, 201);
  assert.equal((await call(api.transport, { method: "GET", path: `${path}/a` })).status, 404);
  await jsonCall(api.transport, { method: "POST", path, body: configMap("a") });
  assert.equal((await call(api.transport, { method: "DELETE", path: `${path}/a`, query })).status, 200);
  assert.equal((await call(api.transport, { method: "GET", path: `${path}/a` })).status, 200);
});

testApi("delete answers a Status that names what is gone", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const { status, json } = await call(api.transport, { method: "DELETE", path: poolPath(api, "a") });
  assert.equal(status, 200);
  assert.equal(pick(json, "status"), "Success");
  assert.deepEqual(pick(json, "details"), {
    name: `${api.prefix}-a`,
    group: "spiderpool.spidernet.io",
    kind: "spiderippools",
    uid: pick(created, "metadata.uid"),
  });
});

testApi("delete with a wrong precondition is 409", async (api) => {
  const path = `${corePath(api, "configmaps")}/a`;
  await jsonCall(api.transport, { method: "POST", path: corePath(api, "configmaps"), body: configMap("a") });
  for (const preconditions of [{ uid: "other" }, { resourceVersion: "1" }]) {
    const { status, json } = await call(api.transport, { method: "DELETE", path, body: { preconditions } });
    assert.equal(status, 409);
    assert.equal(pick(json, "reason"), "Conflict");
  }
});

testApi("finalizers hold a deleted object until the last one goes", async (api) => {
  const metadata = { name: `${api.prefix}-a`, finalizers: ["spiderpool.spidernet.io", "example.com/two"] };
  await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a", { metadata }) });
  const marked = await jsonCall(api.transport, { method: "DELETE", path: poolPath(api, "a") });
  assert.notEqual(pick(marked, "metadata.deletionTimestamp"), undefined);
  assert.equal(pick(marked, "metadata.deletionGracePeriodSeconds"), 0);
  const contentType = "application/merge-patch+json";
  const patch = (finalizers: string[]) =>
    call(api.transport, { method: "PATCH", path: poolPath(api, "a"), contentType, body: { metadata: { finalizers } } });
  assert.equal((await patch(["spiderpool.spidernet.io", "example.com/new"])).status, 422);
  assert.equal((await patch(["spiderpool.spidernet.io"])).status, 200);
  assert.equal((await call(api.transport, { method: "GET", path: poolPath(api, "a") })).status, 200);
  assert.equal((await patch([])).status, 200);
  assert.equal((await call(api.transport, { method: "GET", path: poolPath(api, "a") })).status, 404);
});

testApi("a Pod on a node stays while its grace period runs", async (api) => {
  const path = corePath(api, "pods");
  await jsonCall(api.transport, { method: "POST", path, body: pod("p") });
  const marked = await jsonCall(api.transport, { method: "DELETE", path: `${path}/p` });
  assert.equal(pick(marked, "metadata.deletionGracePeriodSeconds"), 30);
  assert.equal((await call(api.transport, { method: "GET", path: `${path}/p` })).status, 200);
  const shorter = await jsonCall(api.transport, {
    method: "DELETE",
    path: `${path}/p`,
    body: { gracePeriodSeconds: 5 },
  });
  assert.equal(pick(shorter, "metadata.deletionGracePeriodSeconds"), 5);
  await jsonCall(api.transport, { method: "DELETE", path: `${path}/p`, body: { gracePeriodSeconds: 0 } });
  assert.equal((await call(api.transport, { method: "GET", path: `${path}/p` })).status, 404);
});

testApi("status of a Pod is written through its subresource only", async (api) => {
  const path = corePath(api, "pods");
  const created = await jsonCall(api.transport, { method: "POST", path, body: pod("p") });
  assert.equal(pick(created, "status.phase"), "Pending");
  assert.equal(pick(created, "spec.restartPolicy"), "Always");
  const contentType = "application/merge-patch+json";
  const body = { status: { phase: "Running", podIP: "10.0.0.1" } };
  const main = await jsonCall(api.transport, { method: "PATCH", path: `${path}/p`, contentType, body });
  assert.equal(pick(main, "status.phase"), "Pending");
  const status = await jsonCall(api.transport, { method: "PATCH", path: `${path}/p/status`, contentType, body });
  assert.equal(pick(status, "status.phase"), "Running");
});

testApi("deletecollection takes what the selector fits", async (api) => {
  const path = corePath(api, "configmaps");
  for (const [name, app] of [["a", "x"], ["b", "y"]] as const) {
    await jsonCall(api.transport, {
      method: "POST",
      path,
      body: configMap(name, { metadata: { name, labels: { app } } }),
    });
  }
  await jsonCall(api.transport, { method: "DELETE", path, query: { labelSelector: "app=x" } });
  assert.equal((await call(api.transport, { method: "GET", path: `${path}/a` })).status, 404);
  assert.equal((await call(api.transport, { method: "GET", path: `${path}/b` })).status, 200);
});

testApi("whole numbers beyond 2^53 survive", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const { resourceVersion, name } = pick(created, "metadata") as Record<string, string>;
  const body = `{"apiVersion":"${spiderpoolVersion}","kind":"SpiderIPPool","metadata":{"name":"${name}",` +
    `"resourceVersion":"${resourceVersion}"},"status":{"totalIPCount":9223372036854775807}}`;
  const written = await jsonCall(api.transport, { method: "PUT", path: `${poolPath(api, "a")}/status`, body });
  assert.equal(JSON.stringify(pick(written, "status")), '{"totalIPCount":9223372036854775807}');
});

testApi("answers of writes and reads may be metadata only", async (api) => {
  const accept = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a"), accept });
  assert.equal(pick(created, "kind"), "PartialObjectMetadata");
  assert.equal(pick(created, "apiVersion"), "meta.k8s.io/v1");
  assert.equal(pick(created, "spec"), undefined);
  const read = await jsonCall(api.transport, { method: "GET", path: poolPath(api, "a"), accept });
  assert.deepEqual(read, created);
});

testApi("owned objects go with their owner", async (api) => {
  const path = corePath(api, "configmaps");
  const owner = await jsonCall(api.transport, { method: "POST", path, body: configMap("owner") });
  const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: pick(owner, "metadata.uid") };
  const metadata = { name: "owned", ownerReferences: [reference] };
  await jsonCall(api.transport, { method: "POST", path, body: configMap("owned", { metadata }) });
  await jsonCall(api.transport, { method: "DELETE", path: `${path}/owner` });
  await eventually("the owned ConfigMap is gone", async () => {
    const { status } = await call(api.transport, { method: "GET", path: `${path}/owned` });
    return status === 404;
  });
}, { needsControllers: true });
