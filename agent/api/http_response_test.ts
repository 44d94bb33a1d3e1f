import assert from "node:assert/strict";
import { HttpFormatError } from "./http_head.ts";
import { tryParseAnswer } from "./http_response.ts";

function parse(text: string, ended = false): { status: number; body: string } | undefined {
  const answer = tryParseAnswer(new TextEncoder().encode(text), { ended });
  return answer === undefined ? undefined : { status: answer.status, body: new TextDecoder().decode(answer.body) };
}

const whole = [
  { name: "a length", text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", want: { status: 200, body: "{}" } },
  { name: "a length of 0", text: "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", want: { status: 200, body: "" } },
  {
    name: "a status without words",
    text: "HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n",
    want: { status: 500, body: "" },
  },
  {
    name: "chunks, extensions and trailers",
    text:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\nA;x=y\r\n":"bcdefg"\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n',
    want: { status: 200, body: '{"a":"bcdefg"}' },
  },
  { name: "204", text: "HTTP/1.1 204 No Content\r\n\r\n", want: { status: 204, body: "" } },
  {
    name: "100 Continue before it",
    text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    want: { status: 200, body: "x" },
  },
];
for (const { name, text, want } of whole) {
  Deno.test(`tryParseAnswer() reads an answer with ${name}`, () => assert.deepEqual(parse(text), want));
  Deno.test(`tryParseAnswer() waits for all of an answer with ${name}`, () => {
    for (let cut = 0; cut < text.length - 8; cut++) {
      const answer = parse(text.slice(0, cut));
      assert.ok(answer === undefined || answer.body === want.body, `cut at ${cut}`);
    }
  });
}

Deno.test("tryParseAnswer() takes the end of the connection for the end of a body without a length", () => {
  assert.equal(parse("HTTP/1.1 200 OK\r\n\r\nabc"), undefined);
  assert.deepEqual(parse("HTTP/1.1 200 OK\r\n\r\nabc", true), { status: 200, body: "abc" });
});

const broken = [
  { name: "another protocol", text: "SSH-2.0-OpenSSH\r\n\r\n" },
  { name: "a later HTTP", text: "HTTP/2 200\r\n\r\n" },
  { name: "a status of 4 digits", text: "HTTP/1.1 2000 OK\r\n\r\n" },
  { name: "a line that is no header", text: "HTTP/1.1 200 OK\r\nnothing\r\n\r\n" },
  { name: "a folded header", text: "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n" },
  { name: "two lengths", text: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab" },
  {
    name: "a length and chunks",
    text: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  },
  { name: "a negative length", text: "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" },
  { name: "another coding", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" },
  { name: "a chunk of negative size", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nxxxxx" },
  { name: "endless headers", text: `HTTP/1.1 200 OK\r\nA: ${"x".repeat(20_000)}` },
];
for (const { name, text } of broken) {
  Deno.test(`tryParseAnswer() refuses ${name}`, () => assert.throws(() => parse(text), HttpFormatError));
}

Deno.test("tryParseAnswer() refuses an answer that ends too early", () => {
  for (const text of ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"]) {
    assert.throws(() => parse(text, true), HttpFormatError);
  }
});
