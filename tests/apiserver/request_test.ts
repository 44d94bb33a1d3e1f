import assert from "node:assert/strict";
import { asksWatch, parsePath, type PathTarget, verbOf } from "./request.ts";

const core: PathTarget = { group: "", version: "v1", plural: "pods", namespace: "", name: "", subresource: "" };
const custom: PathTarget = { ...core, group: "g.io", version: "v2", plural: "things" };

const paths: readonly { path: string; want: PathTarget | undefined }[] = [
  { path: "/api/v1/pods", want: core },
  { path: "/api/v1/namespaces/ns/pods", want: { ...core, namespace: "ns" } },
  { path: "/api/v1/namespaces/ns/pods/p", want: { ...core, namespace: "ns", name: "p" } },
  { path: "/api/v1/namespaces/ns/pods/p/status", want: { ...core, namespace: "ns", name: "p", subresource: "status" } },
  { path: "/api/v1/namespaces", want: { ...core, plural: "namespaces" } },
  { path: "/api/v1/namespaces/ns", want: { ...core, plural: "namespaces", name: "ns" } },
  { path: "/api/v1/namespaces/ns/status", want: { ...core, plural: "namespaces", name: "ns", subresource: "status" } },
  { path: "/apis/g.io/v2/things/t", want: { ...custom, name: "t" } },
  { path: "/apis/g.io/v2/things/a%2Fb", want: { ...custom, name: "a/b" } },
  { path: "/apis/g.io/v2/things/t/status/more", want: undefined },
  { path: "/apis/g.io/v2", want: undefined },
  { path: "/api", want: undefined },
  { path: "/version", want: undefined },
  { path: "/api/v1//pods", want: undefined },
  { path: "/api/v1/pods/%zz", want: undefined },
  { path: `/api/v1/pods/${"x".repeat(9000)}`, want: undefined },
];
for (const { path, want } of paths) {
  Deno.test(`parsePath("${path.slice(0, 50)}")`, () => assert.deepEqual(parsePath(path), want));
}

Deno.test("verbOf() names verbs as RBAC does", () => {
  assert.equal(verbOf("GET", { name: "", watch: false }), "list");
  assert.equal(verbOf("GET", { name: "", watch: asksWatch({ watch: "1" }) }), "watch");
  assert.equal(verbOf("GET", { name: "p", watch: false }), "get");
  assert.equal(verbOf("DELETE", { name: "", watch: false }), "deletecollection");
  assert.equal(verbOf("PUT", { name: "p", watch: false }), "update");
});
