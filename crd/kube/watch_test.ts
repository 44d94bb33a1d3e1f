import assert from "node:assert/strict";
import type { WatchEvent } from "./contract.ts";
import { decodeMetadata } from "./decode.ts";
import { KubeApiError, KubeConnectionError, KubeResponseError } from "./errors.ts";
import { eventsOf, linesOf } from "./watch.ts";

const request = "WATCH /x";

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    yield await Promise.resolve(typeof part === "string" ? new TextEncoder().encode(part) : part);
  }
}

async function lines(maxBytes: number, ...parts: (string | Uint8Array)[]): Promise<string[]> {
  return await Array.fromAsync(linesOf(chunks(...parts), { request, maxBytes }));
}

const read: { name: string; parts: string[]; want: string[] }[] = [
  { name: "one chunk", parts: ["a\nb\n"], want: ["a", "b"] },
  { name: "a line over chunks", parts: ["a", "", "b", "c\nd", "\n"], want: ["abc", "d"] },
  { name: "CRLF", parts: ["a\r\nb\r", "\nc\n"], want: ["a", "b", "c"] },
  { name: "a carriage return within", parts: ["a\rb\n"], want: ["a\rb"] },
  { name: "empty lines", parts: ["\n\r\n\na\n"], want: ["a"] },
  { name: "nothing", parts: [], want: [] },
  { name: "a line of exactly the limit", parts: ["12345678\r\n"], want: ["12345678"] },
];
for (const { name, parts, want } of read) {
  Deno.test(`linesOf() reads ${name}`, async () => assert.deepEqual(await lines(8, ...parts), want));
}

Deno.test("linesOf() never cuts a character, wherever the chunks are cut", async () => {
  const bytes = new TextEncoder().encode("größe→😀\r\nzwei\n");
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(await lines(64, bytes.slice(0, cut), bytes.slice(cut)), ["größe→😀", "zwei"], `cut at ${cut}`);
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assert.deepEqual(await lines(64, ...single), ["größe→😀", "zwei"]);
});

const unreadable: {
  name: string;
  parts: (string | Uint8Array)[];
  want: typeof KubeResponseError | typeof KubeConnectionError;
}[] = [
  { name: "a long line", parts: ["123456789\n"], want: KubeResponseError },
  { name: "a long line in pieces, before its end comes", parts: ["12345", "67890"], want: KubeResponseError },
  { name: "bytes that are not UTF-8", parts: [Uint8Array.of(0xff, 0x0a)], want: KubeResponseError },
  { name: "a last line that is cut", parts: ['a\n{"ty'], want: KubeConnectionError },
];
for (const { name, parts, want } of unreadable) {
  Deno.test(`linesOf() refuses ${name}`, async () => {
    await assert.rejects(lines(8, ...parts), want);
  });
}

async function events(...texts: string[]): Promise<WatchEvent<unknown>[]> {
  const source = linesOf(chunks(...texts.map((text) => `${text}\n`)), { request, maxBytes: 1 << 20 });
  return await Array.fromAsync(eventsOf(source, { request, decode: decodeMetadata }));
}

Deno.test("eventsOf() gives changes and bookmarks", async () => {
  const metadata = { name: "p", resourceVersion: "7" };
  const object = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata };
  const types = ["ADDED", "MODIFIED", "DELETED"];
  const bookmark = JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } });
  const got = await events(...types.map((type) => JSON.stringify({ type, object })), bookmark);
  assert.deepEqual(got, [...types.map((type) => ({ type, object })), { type: "BOOKMARK", resourceVersion: "9" }]);
});

Deno.test("eventsOf() throws what an ERROR event says", async () => {
  const object = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
  await assert.rejects(events(JSON.stringify({ type: "ERROR", object })), (err) => {
    return err instanceof KubeApiError && err.status === 410 && err.reason === "Expired";
  });
});

const noEvents = [
  "{",
  "[]",
  "7",
  "{}",
  `{"type":"SEEN","object":{"metadata":{"name":"p"}}}`,
  `{"type":"ADDED"}`,
  `{"type":"ADDED","object":{"metadata":{}}}`,
  `{"type":"BOOKMARK","object":{"metadata":{}}}`,
];
for (const text of noEvents) {
  Deno.test(`eventsOf() refuses ${text}`, async () => {
    await assert.rejects(events(text), KubeResponseError);
  });
}
