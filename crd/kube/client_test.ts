import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import type { ResourceClient } from "./client_types.ts";
import {
  clientOf,
  head,
  key,
  METADATA,
  METADATA_LIST,
  metadataOnly,
  path,
  root,
  type Widget,
  widget,
} from "./client_fixture.ts";
import type { KubeRequest, KubeTransport } from "./contract.ts";
import { isNotFound, KubeApiError, KubeResponseError, KubeTimeoutError } from "./errors.ts";
import { bodyOf, fakeTransport, jsonAnswer, OpenBody, settled, statusAnswer } from "./fake_transport.ts";

interface Case {
  name: string;
  call: (client: ResourceClient<Widget>) => Promise<unknown>;
  answer?: unknown;
  request: Partial<KubeRequest> & { json?: unknown };
  want?: unknown;
}

const page = { metadata: { resourceVersion: "9" }, items: [{ metadata: widget.metadata, spec: widget.spec }] };
const cases: Case[] = [
  { name: "get", call: (c) => c.get(key), request: { method: "GET", path } },
  { name: "tryGet", call: (c) => c.tryGet(key), request: { method: "GET", path } },
  {
    name: "getMetadata",
    call: (c) => c.getMetadata(key),
    request: { method: "GET", path, accept: METADATA },
    want: metadataOnly,
  },
  {
    name: "list",
    call: (c) => c.list({ labelSelector: "a=b", fieldSelector: "x=y", limit: 3, continue: "t", resourceVersion: "0" }),
    answer: page,
    request: {
      method: "GET",
      path: `${root}/widgets`,
      query: { labelSelector: "a=b", fieldSelector: "x=y", limit: "3", continue: "t", resourceVersion: "0" },
    },
    want: { resourceVersion: "9", items: [widget] },
  },
  {
    name: "listMetadata of one namespace",
    call: (c) => c.listMetadata({ namespace: "a" }),
    answer: page,
    request: { method: "GET", path: `${root}/namespaces/a/widgets`, query: {}, accept: METADATA_LIST },
    want: { resourceVersion: "9", items: [metadataOnly] },
  },
  {
    name: "create",
    call: (c) => c.create(widget),
    request: { method: "POST", path: `${root}/namespaces/a/widgets`, query: { fieldManager: "me" }, json: widget },
  },
  {
    name: "update",
    call: (c) => c.update(widget, { fieldManager: "other" }),
    request: { method: "PUT", path, query: { fieldManager: "other" }, json: widget },
  },
  {
    name: "updateStatus",
    call: (c) => c.updateStatus(widget),
    request: { method: "PUT", path: `${path}/status`, json: widget },
  },
  {
    name: "replaceRaw",
    call: (c) => c.replaceRaw(key, JSON.stringify(widget), { subresource: "status" }),
    request: { method: "PUT", path: `${path}/status`, json: widget, accept: "application/json" },
  },
  {
    name: "replaceRawForMetadata",
    call: (c) => c.replaceRawForMetadata(key, JSON.stringify(widget)),
    request: { method: "PUT", path, json: widget, accept: METADATA },
    want: metadataOnly,
  },
  {
    name: "patch, merge",
    call: (c) => c.patch(key, { type: "merge", patch: { spec: null } }, { subresource: "status" }),
    request: {
      method: "PATCH",
      path: `${path}/status`,
      contentType: "application/merge-patch+json",
      json: { spec: null },
    },
  },
  {
    name: "patch, JSON",
    call: (c) => c.patch(key, { type: "json", operations: [{ op: "remove", path: "/spec" }] }),
    request: {
      method: "PATCH",
      path,
      contentType: "application/json-patch+json",
      json: [{ op: "remove", path: "/spec" }],
    },
  },
  {
    name: "patch, apply",
    call: (c) => c.patch(key, { type: "apply", object: { ...head }, force: true }),
    request: {
      method: "PATCH",
      path,
      query: { fieldManager: "me", force: "true" },
      contentType: "application/apply-patch+yaml",
      json: head,
    },
  },
  {
    name: "delete",
    call: (c) => c.delete(key),
    answer: { kind: "Status", status: "Success" },
    request: { method: "DELETE", path, json: { apiVersion: "v1", kind: "DeleteOptions" } },
    want: undefined,
  },
  {
    name: "delete with preconditions",
    call: (c) => c.delete(key, { uid: "u", propagationPolicy: "Background", gracePeriodSeconds: 0 }),
    answer: widget,
    request: {
      json: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        preconditions: { uid: "u" },
        propagationPolicy: "Background",
        gracePeriodSeconds: 0,
      },
    },
    want: undefined,
  },
];
for (const { name, call, answer = widget, request, ...rest } of cases) {
  Deno.test(`resourceClient() sends and reads: ${name}`, async () => {
    const transport = fakeTransport(() => jsonAnswer(200, answer));
    const got = await call(clientOf(transport, { fieldManager: "me" }));
    assert.deepEqual(got, "want" in rest ? rest.want : widget);
    const sent = transport.requests[0];
    const { json, ...fields } = request;
    for (const [field, want] of Object.entries(fields)) {
      assert.deepEqual(sent?.[field as keyof KubeRequest], want, field);
    }
    if ("json" in request) assert.deepEqual(JSON.parse(sent?.body ?? ""), json);
  });
}

const refusals: { name: string; call: (client: ResourceClient<Widget>) => Promise<unknown> }[] = [
  { name: "apply without a field manager", call: (c) => c.patch(key, { type: "apply", object: {} }) },
  { name: "create without a namespace", call: (c) => c.create({ ...head, metadata: { name: "w" } }) },
  { name: "get without a namespace", call: (c) => c.get({ name: "w" }) },
];
for (const { name, call } of refusals) {
  Deno.test(`resourceClient() refuses before it sends: ${name}`, async () => {
    const transport = fakeTransport();
    await assert.rejects(call(clientOf(transport)), TypeError);
    assert.equal(transport.requests.length, 0);
  });
}

Deno.test("get() throws what the server says", async () => {
  const client = clientOf(fakeTransport(() => statusAnswer(403, "Forbidden")));
  await assert.rejects(client.get(key), (err) => err instanceof KubeApiError && err.reason === "Forbidden");
});

Deno.test("tryGet() gives undefined for 404 only", async () => {
  assert.equal(await clientOf(fakeTransport(() => statusAnswer(404, "NotFound"))).tryGet(key), undefined);
  await assert.rejects(clientOf(fakeTransport(() => statusAnswer(500, "InternalError"))).tryGet(key), KubeApiError);
});

Deno.test("an error answer whose body breaks off is still that error", async () => {
  const body = new OpenBody();
  body.fail(new TypeError("reset by peer"));
  const client = clientOf(fakeTransport(() => ({ status: 404, headers: new Headers(), body: body.stream })));
  await assert.rejects(client.get(key), isNotFound);
});

const unusable: { name: string; text: string }[] = [
  { name: "no JSON", text: "<html>" },
  { name: "nothing", text: "" },
  { name: "another Kind", text: JSON.stringify({ ...widget, kind: "Gadget" }) },
  { name: "more than allowed", text: JSON.stringify({ ...widget, spec: "x".repeat(5000) }) },
];
for (const { name, text } of unusable) {
  Deno.test(`get() refuses an answer that is ${name}`, async () => {
    const transport = fakeTransport(() => ({ status: 200, headers: new Headers(), body: bodyOf(text) }));
    await assert.rejects(clientOf(transport, { maxBodyBytes: 4096 }).get(key), KubeResponseError);
  });
}

Deno.test("get() reports what the Kind's decoder refuses", async () => {
  const decode = () => {
    throw new TypeError("spec.size is negative");
  };
  const client = clientOf(fakeTransport(() => jsonAnswer(200, widget)), { decode });
  await assert.rejects(
    client.get(key),
    (err) => err instanceof KubeResponseError && /size is negative/.test(err.message),
  );
});

const never = () => new Promise<never>(() => {});
const slow: { name: string; transport: () => KubeTransport }[] = [
  { name: "no answer", transport: () => fakeTransport(never) },
  {
    name: "a body that does not end",
    transport: () => fakeTransport(() => ({ status: 200, headers: new Headers(), body: new OpenBody().stream })),
  },
];
for (const { name, transport } of slow) {
  Deno.test(`a call ends by its timeout: ${name}`, async () => {
    const clock = new FakeClock();
    const answer = clientOf(transport(), { clock, timeoutMs: 100 }).get(key);
    await settled();
    clock.advance(100);
    await assert.rejects(answer, (err) => err instanceof KubeTimeoutError && err.timeoutMs === 100);
    assert.equal(clock.next(), undefined);
  });

  Deno.test(`a call ends by its signal: ${name}`, async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const answer = clientOf(transport(), { clock }).get(key, { signal: controller.signal, timeoutMs: 5 });
    await settled();
    controller.abort("enough");
    await assert.rejects(answer, (err) => err === "enough");
    assert.equal(clock.next(), undefined);
  });
}

Deno.test("a call leaves no timer behind", async () => {
  const clock = new FakeClock();
  await clientOf(fakeTransport(() => jsonAnswer(200, widget)), { clock }).get(key);
  assert.equal(clock.next(), undefined);
});
