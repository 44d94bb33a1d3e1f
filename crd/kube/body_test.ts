import assert from "node:assert/strict";
import { chunksOf, readText } from "./body.ts";
import { KubeConnectionError, KubeResponseError } from "./errors.ts";
import { bodyOf, OpenBody, settled } from "./fake_transport.ts";

const request = "GET /x";
const { signal } = new AbortController();
const options = { request, signal, maxBytes: 8 };

Deno.test("readText() joins characters that are cut", async () => {
  const bytes = new TextEncoder().encode("a😀b");
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.equal(await readText(bodyOf(bytes.slice(0, cut), bytes.slice(cut)), options), "a😀b");
  }
});

Deno.test("readText() takes no body as an empty one", async () => assert.equal(await readText(null, options), ""));

Deno.test("readText() gives up a body that is too long, and cancels it", async () => {
  const body = new OpenBody();
  const text = readText(body.stream, options);
  body.send("12345678");
  body.send("9");
  await assert.rejects(text, KubeResponseError);
  assert.notEqual(body.cancelled, undefined);
});

for (const bytes of [Uint8Array.of(0xff), Uint8Array.of(0xe2, 0x82)]) {
  Deno.test(`readText() refuses the bytes ${bytes}, which are not UTF-8`, async () => {
    await assert.rejects(readText(bodyOf(bytes), options), KubeResponseError);
  });
}

Deno.test("chunksOf() turns a broken body into a connection error", async () => {
  const body = new OpenBody();
  const text = readText(body.stream, options);
  body.fail(new TypeError("reset by peer"));
  await assert.rejects(text, KubeConnectionError);
});

Deno.test("chunksOf() throws the signal's reason while it waits, and cancels the body", async () => {
  const controller = new AbortController();
  const body = new OpenBody();
  const text = readText(body.stream, { ...options, signal: controller.signal });
  await settled();
  controller.abort("enough");
  await assert.rejects(text, (err) => err === "enough");
  assert.deepEqual(body.cancelled, { reason: "enough" });
});

Deno.test("chunksOf() throws the reason of a signal that was aborted before", async () => {
  const body = new OpenBody();
  const text = readText(body.stream, { ...options, signal: AbortSignal.abort("enough") });
  await assert.rejects(text, (err) => err === "enough");
});

Deno.test("chunksOf() cancels the body when the loop is left", async () => {
  const body = new OpenBody();
  body.send("a");
  for await (const chunk of chunksOf(body.stream, options)) {
    assert.deepEqual(chunk, Uint8Array.of(0x61));
    break;
  }
  assert.notEqual(body.cancelled, undefined);
});
