import assert from "node:assert/strict";
import type { KubeObject, ResourceType } from "./contract.ts";
import { collectionPath, objectPath, requestLabel } from "./path.ts";

const pods: ResourceType<KubeObject> = {
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  hasStatus: true,
};
const pools = { ...pods, group: "example.io", version: "v2", kind: "Pool", plural: "pools", namespaced: false };

const cases: { name: string; path: () => string; want: string | RegExp }[] = [
  { name: "core, all namespaces", path: () => collectionPath(pods), want: "/api/v1/pods" },
  { name: "core, one namespace", path: () => collectionPath(pods, "a"), want: "/api/v1/namespaces/a/pods" },
  { name: "group, cluster-scoped", path: () => collectionPath(pools), want: "/apis/example.io/v2/pools" },
  {
    name: "one namespaced object",
    path: () => objectPath(pods, { name: "p", namespace: "a" }),
    want: "/api/v1/namespaces/a/pods/p",
  },
  {
    name: "a subresource",
    path: () => objectPath(pools, { name: "p" }, { subresource: "status" }),
    want: "/apis/example.io/v2/pools/p/status",
  },
  {
    name: "a name to escape",
    path: () => objectPath(pools, { name: "a b:c?" }),
    want: "/apis/example.io/v2/pools/a%20b%3Ac%3F",
  },
  { name: "no namespace", path: () => objectPath(pods, { name: "p" }), want: /namespaced and no namespace is given/ },
  {
    name: "a namespace too many",
    path: () => objectPath(pools, { name: "p", namespace: "a" }),
    want: /cluster-scoped/,
  },
  ...["", ".", "..", "a/b", "a%2fb"].map((name) => ({
    name: `name ${JSON.stringify(name)}`,
    path: () => objectPath(pools, { name }),
    want: /is no object name/,
  })),
];
for (const { name, path, want } of cases) {
  Deno.test(`paths: ${name}`, () => {
    if (typeof want === "string") assert.equal(path(), want);
    else assert.throws(path, (err) => err instanceof TypeError && want.test(err.message));
  });
}

Deno.test("requestLabel() tells a watch from a list", () => {
  assert.equal(requestLabel({ method: "GET", path: "/x", query: { limit: "1" } }), "GET /x");
  assert.equal(requestLabel({ method: "GET", path: "/x", query: { watch: "true" } }), "WATCH /x");
});
