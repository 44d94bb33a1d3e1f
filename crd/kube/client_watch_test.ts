import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import type { ResourceClient } from "./client_types.ts";
import { clientOf, METADATA, metadataOnly, root, type Widget, widget } from "./client_fixture.ts";
import type { KubeRequest, WatchEvent } from "./contract.ts";
import { isGone, KubeConnectionError, KubeTimeoutError } from "./errors.ts";
import { fakeTransport, OpenBody, settled, statusAnswer } from "./fake_transport.ts";

function watching(
  options: { clock?: FakeClock } = {},
): { client: ResourceClient<Widget>; body: OpenBody; requests: KubeRequest[] } {
  const body = new OpenBody();
  const transport = fakeTransport(() => ({ status: 200, headers: new Headers(), body: body.stream }));
  return { client: clientOf(transport, { timeoutMs: 100, ...options }), body, requests: transport.requests };
}

function line(type: string, object: unknown): string {
  return JSON.stringify({ type, object }) + "\n";
}

Deno.test("watch() gives events until the server ends it", async () => {
  const { client, body, requests } = watching();
  body.send(line("ADDED", widget) + line("BOOKMARK", { metadata: { resourceVersion: "8" } }));
  body.close();
  const events = await Array.fromAsync(client.watch({ namespace: "a", resourceVersion: "5", fieldSelector: "x=y" }));
  assert.deepEqual(events, [{ type: "ADDED", object: widget }, { type: "BOOKMARK", resourceVersion: "8" }]);
  assert.equal(requests[0]?.path, `${root}/namespaces/a/widgets`);
  assert.deepEqual(requests[0]?.query, {
    watch: "true",
    fieldSelector: "x=y",
    resourceVersion: "5",
    allowWatchBookmarks: "true",
    timeoutSeconds: "300",
  });
});

Deno.test("watchMetadata() asks for metadata", async () => {
  const { client, body, requests } = watching();
  body.send(line("MODIFIED", metadataOnly));
  body.close();
  const events = await Array.fromAsync(client.watchMetadata());
  assert.deepEqual(events, [{ type: "MODIFIED", object: metadataOnly }]);
  assert.equal(requests[0]?.accept, METADATA);
});

Deno.test("watch() throws a refusal, and an ERROR event", async () => {
  const refused = clientOf(fakeTransport(() => statusAnswer(410, "Expired")));
  await assert.rejects(Array.fromAsync(refused.watch()), isGone);
  const { client, body } = watching();
  body.send(line("ERROR", { kind: "Status", code: 410, reason: "Expired" }));
  await assert.rejects(Array.fromAsync(client.watch()), isGone);
  assert.notEqual(body.cancelled, undefined);
});

Deno.test("watch() throws when the connection breaks", async () => {
  const { client, body } = watching();
  const events = Array.fromAsync(client.watch());
  await settled();
  body.fail(new TypeError("reset by peer"));
  await assert.rejects(events, KubeConnectionError);
});

Deno.test("watch() cancels the body when its loop is left", async () => {
  const clock = new FakeClock();
  const { client, body } = watching({ clock });
  body.send(line("ADDED", widget) + line("ADDED", widget));
  const seen: WatchEvent<Widget>[] = [];
  for await (const event of client.watch()) {
    seen.push(event);
    break;
  }
  assert.equal(seen.length, 1);
  assert.notEqual(body.cancelled, undefined);
  assert.equal(clock.next(), undefined);
});

Deno.test("watch() ends by its signal while nothing happens", async () => {
  const { client, body } = watching();
  const controller = new AbortController();
  const events = Array.fromAsync(client.watch({ signal: controller.signal }));
  await settled();
  controller.abort("enough");
  await assert.rejects(events, (err) => err === "enough");
  assert.deepEqual(body.cancelled, { reason: "enough" });
});

Deno.test("watch() outlives the request timeout, but not the server's end plus that", async () => {
  const clock = new FakeClock();
  const { client, body } = watching({ clock });
  const events: WatchEvent<Widget>[] = [];
  const ended = (async () => {
    for await (const event of client.watch({ timeoutSeconds: 10 })) events.push(event);
  })();
  await settled();
  clock.advance(9_999);
  body.send(line("ADDED", widget));
  await settled();
  assert.equal(events.length, 1);
  clock.advance(101);
  await assert.rejects(ended, KubeTimeoutError);
});

Deno.test("watch() gives up a silent connection", async () => {
  const clock = new FakeClock();
  const { client, body } = watching({ clock });
  const ended = Array.fromAsync(client.watch({ timeoutSeconds: 600, idleTimeoutMs: 1000 }));
  for (let turn = 0; turn < 3; turn++) {
    await settled();
    clock.advance(999);
    body.send("\n"); // any byte is a sign of life
  }
  await settled();
  clock.advance(1000);
  await assert.rejects(ended, (err) => err instanceof KubeTimeoutError && err.timeoutMs === 1000);
});
