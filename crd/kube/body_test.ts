import assert from "node:assert/strict";
import { chunksOf, readAnswer, readText } from "./body.ts";
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

const textOf = (text: string) => () => Promise.resolve(new TextEncoder().encode(text));

const answers: { name: string; headers: Record<string, string>; bytes?: () => Promise<Uint8Array>; want: string }[] = [
  { name: "in one piece", headers: { "content-length": "5" }, bytes: textOf("piece"), want: "piece" },
  { name: "as a stream where the length is not told", headers: {}, bytes: textOf("piece"), want: "stream" },
  {
    name: "as a stream where it is too long",
    headers: { "content-length": "9" },
    bytes: textOf("piece"),
    want: "stream",
  },
  {
    name: "as a stream where the length is of something packed",
    headers: { "content-length": "5", "content-encoding": "gzip" },
    bytes: textOf("piece"),
    want: "stream",
  },
  { name: "as a stream where that is all there is", headers: { "content-length": "6" }, want: "stream" },
];
for (const { name, headers, bytes, want } of answers) {
  Deno.test(`readAnswer() reads ${name}`, async () => {
    const body = bodyOf("stream");
    const response = { status: 200, headers: new Headers(headers), body, ...(bytes && { bytes }) };
    assert.equal(await readAnswer(response, options), want);
  });
}

Deno.test("readAnswer() never looks at a body that it reads in one piece", async () => {
  const response = {
    status: 200,
    headers: new Headers({ "content-length": "5" }),
    get body(): never {
      throw new Error("a stream was made for nobody");
    },
    bytes: textOf("piece"),
  };
  assert.equal(await readAnswer(response, options), "piece");
});

Deno.test("readAnswer() turns a piece that breaks off into a connection error", async () => {
  const bytes = () => Promise.reject(new TypeError("reset by peer"));
  const response = { status: 200, headers: new Headers({ "content-length": "5" }), body: null, bytes };
  await assert.rejects(readAnswer(response, options), KubeConnectionError);
});

Deno.test("readAnswer() throws the signal's reason while it waits for a piece", async () => {
  const controller = new AbortController();
  const bytes = () => new Promise<Uint8Array>(() => {});
  const response = { status: 200, headers: new Headers({ "content-length": "5" }), body: null, bytes };
  const text = readAnswer(response, { ...options, signal: controller.signal });
  await settled();
  controller.abort("enough");
  await assert.rejects(text, (err) => err === "enough");
});
