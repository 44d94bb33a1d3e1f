/** What the server refuses, word by word. */
import assert from "node:assert/strict";
import { type ApiUnderTest, testApi } from "./api_under_test.ts";
import { call, jsonCall, pick } from "./call.ts";
import { configMap, corePath, pool, poolPath, poolsPath, spiderpoolVersion } from "./objects.ts";

const invalidSpecs = [
  { name: "missing field", spec: {}, cause: ["FieldValueRequired", "spec.subnet", "Required value"] },
  {
    name: "wrong type",
    spec: { subnet: "10.0.0.0/24", ips: "10.0.0.1" },
    cause: [
      "FieldValueTypeInvalid",
      "spec.ips",
      'Invalid value: "string": spec.ips in body must be of type array: "string"',
    ],
  },
  {
    name: "not in the enum",
    spec: { subnet: "10.0.0.0/24", ipVersion: 5 },
    cause: ["FieldValueNotSupported", "spec.ipVersion", 'Unsupported value: 5: supported values: "4", "6"'],
  },
  {
    name: "missing field of an item",
    spec: { subnet: "10.0.0.0/24", routes: [{ dst: "10.1.0.0/16", gw: "10.0.0.1" }, { dst: "10.2.0.0/16" }] },
    cause: ["FieldValueRequired", "spec.routes[1].gw", "Required value"],
  },
];

for (const { name, spec, cause } of invalidSpecs) {
  testApi(`an object that does not fit its schema is 422: ${name}`, async (api) => {
    const { status, json } = await call(api.transport, {
      method: "POST",
      path: poolsPath,
      body: pool(api, "a", { spec }),
    });
    const [reason, field, message] = cause;
    assert.equal(status, 422);
    assert.equal(pick(json, "reason"), "Invalid");
    assert.equal(pick(json, "details.kind"), "SpiderIPPool");
    assert.deepEqual(pick(json, "details.causes.0"), { reason, message, field });
    assert.equal(
      pick(json, "message"),
      `SpiderIPPool.spiderpool.spidernet.io "${api.prefix}-a" is invalid: ${field}: ${message}`,
    );
  });
}

testApi("several errors are listed together", async (api) => {
  const body = pool(api, "a", { spec: { ipVersion: 5 } });
  const { json } = await call(api.transport, { method: "POST", path: poolsPath, body });
  const causes = pick(json, "details.causes") as { field: string }[];
  assert.deepEqual(causes.map(({ field }) => field).sort(), ["spec.ipVersion", "spec.subnet"]);
  assert.match(String(pick(json, "message")), /is invalid: \[spec\..*, spec\..*\]$/);
});

testApi("bounds of status are checked", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const body = { ...(created as object), status: { allocatedIPCount: -1 } };
  const { status, json } = await call(api.transport, { method: "PUT", path: `${poolPath(api, "a")}/status`, body });
  assert.equal(status, 422);
  assert.equal(
    pick(json, "details.causes.0.message"),
    "Invalid value: -1: allocatedIPCount in body should be greater than or equal to 0",
  );
});

testApi("a bad name is 422", async (api) => {
  const body = configMap("Not_A_Name");
  const { status, json } = await call(api.transport, { method: "POST", path: corePath(api, "configmaps"), body });
  assert.equal(status, 422);
  assert.match(
    String(pick(json, "message")),
    /^ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain must/,
  );
});

testApi("a missing name is 422", async (api) => {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: {} };
  const { status, json } = await call(api.transport, { method: "POST", path: corePath(api, "configmaps"), body });
  assert.equal(status, 422);
  assert.match(String(pick(json, "message")), /metadata\.name: Required value: name or generateName is required$/);
});

testApi("unknown fields are pruned with a warning, refused when asked to", async (api) => {
  const body = pool(api, "a", { spec: { subnet: "10.0.0.0/24", vlan: 3 } });
  const warned = await call(api.transport, { method: "POST", path: poolsPath, body });
  assert.equal(warned.status, 201);
  assert.match(warned.headers.get("warning") ?? "", /^299 - "unknown field \\"spec\.vlan\\""/);
  assert.equal(pick(warned.json, "spec.vlan"), undefined);
  const query = { fieldValidation: "Strict" };
  const strict = await call(api.transport, { method: "POST", path: poolsPath, query, body: pool(api, "b", body) });
  assert.equal(strict.status, 400);
  assert.match(String(pick(strict.json, "message")), /strict decoding error: unknown field "spec\.vlan"$/);
  const silent = await call(api.transport, {
    method: "POST",
    path: poolsPath,
    query: { fieldValidation: "Ignore" },
    body: pool(api, "c", { spec: { subnet: "10.0.0.0/24", vlan: 3 } }),
  });
  assert.equal(silent.headers.get("warning"), null);
});

const brokenBodies: readonly { name: string; body: (api: ApiUnderTest) => unknown; status: number }[] = [
  { name: "no JSON", body: () => "{", status: 400 },
  { name: "no object", body: () => "[]", status: 400 },
  { name: "empty", body: () => "", status: 400 },
  { name: "another Kind", body: (api) => ({ ...pool(api, "a"), kind: "SpiderSubnet" }), status: 422 },
  { name: "another version", body: (api) => ({ ...pool(api, "a"), apiVersion: "v1" }), status: 400 },
];

for (const { name, body, status } of brokenBodies) {
  testApi(`a broken body is refused: ${name}`, async (api) => {
    const answer = await call(api.transport, { method: "POST", path: poolsPath, body: body(api) });
    assert.equal(answer.status, status);
    assert.equal(pick(answer.json, "kind"), "Status");
  });
}

testApi("a body above 3 MiB is 413", async (api) => {
  const body = configMap("a", { data: { big: "x".repeat(3 * 1024 * 1024) } });
  const { status, json } = await call(api.transport, { method: "POST", path: corePath(api, "configmaps"), body });
  assert.equal(status, 413);
  assert.equal(pick(json, "reason"), "RequestEntityTooLarge");
});

testApi("an object above what etcd takes is refused", async (api) => {
  const created = await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
  const body = { ...(created as object), status: { allocatedIPs: "x".repeat(1_600_000) } };
  const { status, json } = await call(api.transport, { method: "PUT", path: `${poolPath(api, "a")}/status`, body });
  assert.ok(status >= 400, String(status));
  assert.match(String(pick(json, "message")), /too large/);
});

const unservedPaths = [
  "/apis/spiderpool.spidernet.io/v1/spiderippools",
  `/apis/${spiderpoolVersion}/spiders`,
  `${poolsPath}/a/scale`,
  "/nothing",
];
for (const path of unservedPaths) {
  testApi(`a path that is not served is 404: ${path}`, async (api) => {
    assert.equal((await call(api.transport, { method: "GET", path })).status, 404);
  });
}

testApi("a method that a path does not have is 405", async (api) => {
  const path = corePath(api, "configmaps");
  const { status, json } = await call(api.transport, { method: "PUT", path, body: configMap("a") });
  assert.equal(status, 405);
  assert.equal(pick(json, "reason"), "MethodNotAllowed");
  const custom = await call(api.transport, { method: "PUT", path: poolsPath, body: pool(api, "a") });
  assert.equal(custom.status, 400, "a custom resource asks for the name instead");
  for (const method of ["POST", "DELETE"] as const) {
    assert.equal((await call(api.transport, { method, path: "/api/v1/configmaps", body: configMap("a") })).status, 405);
  }
});
