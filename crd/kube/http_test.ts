import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { freePort } from "../../net/base/free_port.ts";
import { resourceClient } from "./client.ts";
import type { KubeObject, ResourceType } from "./contract.ts";
import { isNotFound, isOutcomeUnknown, KubeConnectionError, KubeTimeoutError } from "./errors.ts";
import { type Authorization, type HttpTransport, httpTransport } from "./http.ts";

interface Seen {
  readonly line: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A server on loopback for one test, and the transport to it. */
async function withServer(
  handle: (request: Request, seen: Seen) => Response | Promise<Response>,
  test: (transport: HttpTransport, seen: Seen[]) => Promise<void>,
  { authorization, path = "" }: { authorization?: Authorization; path?: string } = {},
): Promise<void> {
  const seen: Seen[] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using server = Deno.serve(options, async (request) => {
    const { pathname, search } = new URL(request.url);
    const entry = {
      line: `${request.method} ${pathname}${search}`,
      headers: request.headers,
      body: await request.text(),
    };
    seen.push(entry);
    return await handle(request, entry);
  });
  const client = Deno.createHttpClient({}); // its own connections, closed with it
  using transport = httpTransport({ server: `http://127.0.0.1:${server.addr.port}${path}`, client, authorization });
  await test(transport, seen);
}

Deno.test("httpTransport() sends method, path, query, headers and body", async () => {
  await withServer(() => Response.json({ done: true }, { status: 201 }), async (transport, seen) => {
    const response = await transport.request({
      method: "PATCH",
      path: "/api/v1/pods/a%20b",
      query: { labelSelector: "a=b,c!=d&e", limit: "5" },
      body: `{"größe":1}`,
      contentType: "application/merge-patch+json",
    });
    assert.equal(response.status, 201);
    assert.deepEqual(await new Response(response.body).json(), { done: true });
    assert.equal(seen[0]?.line, "PATCH /api/v1/pods/a%20b?labelSelector=a%3Db%2Cc%21%3Dd%26e&limit=5");
    assert.equal(seen[0]?.body, `{"größe":1}`);
    const { headers } = seen[0];
    assert.deepEqual(
      ["content-type", "accept", "user-agent", "authorization"].map((name) => headers.get(name)),
      ["application/merge-patch+json", "application/json", "spiderpool", null],
    );
  });
});

Deno.test("httpTransport() keeps the path of the server's URL", async () => {
  await withServer(() => new Response(), async (transport, seen) => {
    await (await transport.request({ method: "GET", path: "/version" })).body?.cancel();
    assert.equal(seen[0]?.line, "GET /clusters/c1/version");
  }, { path: "/clusters/c1/" });
});

Deno.test("httpTransport() gives answers of any status, and follows no redirect", async () => {
  const redirect = () => new Response(null, { status: 307, headers: { location: "http://127.0.0.1:1/" } });
  await withServer(redirect, async (transport, seen) => {
    const { status } = await transport.request({ method: "GET", path: "/x" });
    assert.deepEqual([status, seen.length], [307, 1]);
  });
});

/** Values one after the other; renewing goes on to the next. */
function tokens(...values: string[]): Authorization {
  return {
    header: () => Promise.resolve(values[0]),
    renew: () => Promise.resolve(values.length > 1 && values.shift() !== undefined),
  };
}

const authorizations: { name: string; values: string[]; want: { status: number; sent: string[] } }[] = [
  { name: "a good one", values: ["good"], want: { status: 200, sent: ["good"] } },
  { name: "one that is renewed", values: ["old", "good"], want: { status: 200, sent: ["old", "good"] } },
  { name: "one that stays bad", values: ["bad"], want: { status: 401, sent: ["bad"] } },
  {
    name: "a renewed one that is bad, too",
    values: ["bad", "worse", "good"],
    want: { status: 401, sent: ["bad", "worse"] },
  },
];
for (const { name, values, want } of authorizations) {
  Deno.test(`httpTransport() authorizes: ${name}`, async () => {
    const handle = (_request: Request, { headers }: Seen) =>
      new Response("x", { status: headers.get("authorization") === "good" ? 200 : 401 });
    await withServer(handle, async (transport, seen) => {
      const response = await transport.request({ method: "PUT", path: "/x", body: "{}" });
      await response.body?.cancel();
      assert.equal(response.status, want.status);
      assert.deepEqual(seen.map(({ headers }) => headers.get("authorization")), want.sent);
      assert.ok(seen.every(({ body }) => body === "{}"));
    }, { authorization: tokens(...values) });
  });
}

Deno.test("httpTransport() gives up the body of an answer it tries again", async () => {
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<void>();
  const endless = () => new ReadableStream({ start: (body) => body.enqueue(Uint8Array.of(1)), cancel: () => cancel() });
  const handle = (_request: Request, { headers }: Seen) =>
    headers.get("authorization") === "good" ? new Response() : new Response(endless(), { status: 401 });
  await withServer(handle, async (transport) => {
    const { status } = await transport.request({ method: "GET", path: "/x" });
    assert.equal(status, 200);
    await cancelled; // the server saw that nobody reads
  }, { authorization: tokens("old", "good") });
});

Deno.test("httpTransport() without a listener is a connection error", async () => {
  using transport = httpTransport({ server: `http://127.0.0.1:${freePort()}`, client: Deno.createHttpClient({}) });
  await assert.rejects(transport.request({ method: "GET", path: "/x" }), (err) => {
    return err instanceof KubeConnectionError && err.request === "GET /x" && isOutcomeUnknown(err);
  });
});

Deno.test("httpTransport() throws the signal's reason", async () => {
  const controller = new AbortController();
  await withServer(async () => {
    controller.abort("enough");
    await Promise.resolve();
    return new Response("late");
  }, async (transport) => {
    const answer = transport.request({ method: "GET", path: "/x", signal: controller.signal });
    await assert.rejects(answer, (err) => err === "enough");
  });
});

const refused = ["", "10.0.0.1", "ftp://x", "unix:///x", "https://user:secret@x"];
for (const server of refused) {
  Deno.test(`httpTransport() refuses server ${JSON.stringify(server)}`, () => {
    assert.throws(
      () => httpTransport({ server }),
      (err) => err instanceof TypeError && !err.message.includes("secret"),
    );
  });
}

const type: ResourceType<KubeObject> = {
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  hasStatus: true,
};
const pod = { metadata: { name: "p", namespace: "a", resourceVersion: "1" } };

Deno.test("resourceClient() over HTTP: an object, an error, and a watch that is left", async () => {
  let left = () => {};
  const ended = new Promise<void>((resolve) => left = resolve);
  function watchBody(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) =>
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify({ type: "ADDED", object: pod })}\n`)),
      cancel: () => left(),
    });
  }
  await withServer(({ url }) => {
    if (new URL(url).searchParams.has("watch")) return new Response(watchBody());
    if (url.endsWith("/p")) return Response.json(pod);
    return Response.json({ kind: "Status", reason: "NotFound", message: "none" }, { status: 404 });
  }, async (transport) => {
    const pods = resourceClient(transport, type, { clock: systemClock });
    assert.equal((await pods.get({ name: "p", namespace: "a" })).metadata.resourceVersion, "1");
    await assert.rejects(pods.get({ name: "q", namespace: "a" }), isNotFound);
    for await (const event of pods.watch()) {
      assert.equal(event.type, "ADDED");
      break;
    }
    await ended; // the server saw the connection go
  });
});

Deno.test("resourceClient() over HTTP: a server that never answers is a timeout", async () => {
  const controller = new AbortController();
  const forever = new Promise<Response>((resolve) =>
    controller.signal.addEventListener("abort", () => resolve(new Response()))
  );
  await withServer(() => forever, async (transport) => {
    const pods = resourceClient(transport, type, { clock: systemClock, timeoutMs: 20 });
    await assert.rejects(pods.get({ name: "p", namespace: "a" }), KubeTimeoutError);
    controller.abort();
  });
});

Deno.test("resourceClient() over HTTP: an answer that breaks off is a connection error", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  async function answerPartly(): Promise<void> {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode(`HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"metadata":`));
  }
  const answered = answerPartly();
  using transport = httpTransport({
    server: `http://127.0.0.1:${listener.addr.port}`,
    client: Deno.createHttpClient({}),
  });
  const pods = resourceClient(transport, type, { clock: systemClock });
  await assert.rejects(pods.get({ name: "p", namespace: "a" }), KubeConnectionError);
  await answered;
});
