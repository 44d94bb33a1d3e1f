/** Lists that come in pages. */
import assert from "node:assert/strict";
import { clientOf } from "./client_fixture.ts";
import { isGone, KubeResponseError } from "./errors.ts";
import { fakeTransport, jsonAnswer, statusAnswer } from "./fake_transport.ts";

function pageOf(name: string, token?: string): unknown {
  return { metadata: { resourceVersion: "9", continue: token }, items: [{ metadata: { name } }] };
}

Deno.test("listAll() joins pages", async () => {
  const pages = [pageOf("a", "1"), pageOf("b", "2"), pageOf("c")];
  const transport = fakeTransport(...pages.map((page) => () => jsonAnswer(200, page)));
  const { items, ...rest } = await clientOf(transport).listAll({ namespace: "a", labelSelector: "x", pageSize: 1 });
  assert.deepEqual(items.map(({ metadata }) => metadata.name), ["a", "b", "c"]);
  assert.deepEqual(rest, { resourceVersion: "9" });
  const common = { labelSelector: "x", limit: "1" };
  const queries = [common, { ...common, continue: "1" }, { ...common, continue: "2" }];
  assert.deepEqual(transport.requests.map(({ query }) => query), queries);
});

Deno.test("listAll() starts over without pages when a token expired", async () => {
  const all = { metadata: { resourceVersion: "12" }, items: [{ metadata: { name: "z" } }] };
  const gone = () => statusAnswer(410, "Expired");
  const transport = fakeTransport(() => jsonAnswer(200, pageOf("a", "1")), gone, () => jsonAnswer(200, all));
  const { items, resourceVersion } = await clientOf(transport).listAllMetadata();
  assert.deepEqual([items.map(({ metadata }) => metadata.name), resourceVersion], [["z"], "12"]);
  assert.deepEqual(transport.requests[2]?.query, {});
});

Deno.test("listAll() starts over once only", async () => {
  const gone = () => statusAnswer(410, "Expired");
  const transport = fakeTransport(() => jsonAnswer(200, pageOf("a", "1")), gone);
  await assert.rejects(clientOf(transport).listAll(), isGone);
  assert.equal(transport.requests.length, 3);
});

Deno.test("listAll() ends when a page gives the token back that asked for it, as a cache in between does", async () => {
  const again = () => jsonAnswer(200, pageOf("a", "1"));
  const transport = fakeTransport(again, again, () => statusAnswer(500, "InternalError"));
  await assert.rejects(clientOf(transport).listAll({ namespace: "a" }), (err) => {
    assert.ok(err instanceof KubeResponseError);
    return err.message === "Cannot use the answer to GET /apis/example.io/v2/namespaces/a/widgets: " +
        "its continue token is the one that asked for it; look at what stands between here and the API server";
  });
  assert.equal(transport.requests.length, 2);
});
