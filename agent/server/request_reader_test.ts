import assert from "node:assert/strict";
import { HttpError, type HttpRequest } from "./http.ts";
import { RequestReader } from "./request_reader.ts";

const bounds = { maxHeadBytes: 256, maxBodyBytes: 32 };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(request: HttpRequest | undefined): string | undefined {
  return request === undefined
    ? undefined
    : `${request.method} ${request.path} ${new TextDecoder().decode(request.body)}`;
}

const whole = [
  { name: "no body", text: "GET /v1/ipam/healthy HTTP/1.1\r\nHost: \r\n\r\n", want: "GET /v1/ipam/healthy " },
  { name: "a body on GET", text: "GET /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", want: "GET /a {}" },
  { name: "a body on DELETE", text: "DELETE /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", want: "DELETE /a {}" },
  {
    name: "chunks",
    text: "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n1\r\nd\r\n0\r\nT: 1\r\n\r\n",
    want: "POST /a abcd",
  },
  {
    name: "no chunk at all",
    text: "POST /a HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
    want: "POST /a ",
  },
  { name: "an absolute target", text: "GET http://host/a?b=c HTTP/1.1\r\n\r\n", want: "GET /a " },
  { name: "a target with two slashes", text: "GET //host/a HTTP/1.1\r\n\r\n", want: "GET //host/a " },
];
for (const { name, text, want } of whole) {
  Deno.test(`RequestReader reads a request with ${name}, byte by byte too`, () => {
    const reader = new RequestReader(bounds);
    reader.push(bytes(text));
    assert.equal(textOf(reader.take()), want);
    assert.equal(reader.progress, "nothing");
    const last = text.length - 1;
    for (let i = 0; i < text.length; i++) {
      reader.push(bytes(text[i] ?? ""));
      assert.equal(textOf(reader.take()), i === last ? want : undefined);
    }
  });
}

Deno.test("RequestReader gives two requests that came at once one after the other", () => {
  const reader = new RequestReader(bounds);
  reader.push(bytes("GET /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET /b?q=1 HTTP/1.0\r\n\r\nGET"));
  const [first, second] = [reader.take(), reader.take()];
  assert.deepEqual([textOf(first), first?.keepAlive], ["GET /a x", true]);
  assert.deepEqual([textOf(second), second?.keepAlive, second?.query.get("q")], ["GET /b ", false, "1"]);
  assert.equal(reader.take(), undefined);
  assert.equal(reader.progress, "head");
});

for (const value of ["close", "Close", "x, close"]) {
  Deno.test(`RequestReader sees Connection: ${value}`, () => {
    const reader = new RequestReader(bounds);
    reader.push(bytes(`GET / HTTP/1.1\r\nConnection: ${value}\r\n\r\n`));
    assert.equal(reader.take()?.keepAlive, false);
  });
}

const broken: { name: string; text: string; status: number }[] = [
  { name: "no request line", text: "hello\r\n\r\n", status: 400 },
  { name: "an empty line first", text: "\r\n\r\n", status: 400 },
  { name: "a blank in the target", text: "GET /a b HTTP/1.1\r\n\r\n", status: 400 },
  { name: "HTTP/2", text: "PRI * HTTP/2.0\r\n\r\n", status: 505 },
  { name: "a header without a name", text: "GET / HTTP/1.1\r\n: x\r\n\r\n", status: 400 },
  { name: "a blank before the colon", text: "GET / HTTP/1.1\r\nA : x\r\n\r\n", status: 400 },
  { name: "a folded header", text: "GET / HTTP/1.1\r\nA: x\r\n y\r\n\r\n", status: 400 },
  { name: "a NUL in a header", text: "GET / HTTP/1.1\r\nA: x\0\r\n\r\n", status: 400 },
  { name: "a line end of LF alone", text: "GET / HTTP/1.1\nA: x\r\n\r\n", status: 400 },
  { name: "two hosts", text: "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", status: 400 },
  { name: "two equal lengths", text: "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", status: 400 },
  {
    name: "a length and chunks",
    text: "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    status: 400,
  },
  { name: "a length of +1", text: "GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", status: 400 },
  { name: "a length of -1", text: "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", status: 400 },
  { name: "a length beyond the bound", text: "GET / HTTP/1.1\r\nContent-Length: 33\r\n\r\n", status: 413 },
  { name: "another coding", text: "GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", status: 400 },
  {
    name: "a chunk of negative size",
    text: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nxxxx",
    status: 400,
  },
  {
    name: "a chunk of hex size 0x1",
    text: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n",
    status: 400,
  },
  {
    name: "a chunk beyond the bound",
    text: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n21\r\n",
    status: 413,
  },
  {
    name: "a chunk longer than its size",
    text: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabcd\r\n",
    status: 400,
  },
  {
    name: "a chunk size that never ends",
    text: `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${"0".repeat(2000)}`,
    status: 400,
  },
  { name: "headers beyond the bound", text: `GET / HTTP/1.1\r\nA: ${"x".repeat(300)}`, status: 431 },
  {
    name: "trailers beyond the bound",
    text: `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ${"x".repeat(300)}`,
    status: 431,
  },
];
for (const { name, text, status } of broken) {
  Deno.test(`RequestReader refuses ${name} with ${status}`, () => {
    const reader = new RequestReader(bounds);
    reader.push(bytes(text));
    assert.throws(() => reader.take(), (err) => err instanceof HttpError && err.status === status);
  });
}

Deno.test("RequestReader takes 256 KiB that come in single bytes in linear time", () => {
  const reader = new RequestReader({ maxHeadBytes: 1024, maxBodyBytes: 1 << 20 });
  reader.push(bytes(`POST / HTTP/1.1\r\nContent-Length: ${1 << 18}\r\n\r\n`));
  const one = bytes("x");
  for (let i = 1; i < 1 << 18; i++) {
    reader.push(one);
    assert.equal(reader.take(), undefined);
  }
  reader.push(one);
  assert.equal(reader.take()?.body.length, 1 << 18);
});
