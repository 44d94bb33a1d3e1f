import assert from "node:assert/strict";
import type { PeerAnswer } from "../contract.ts";
import { SERVER_NAME } from "./certificate.ts";
import { newCertificate, portFixture, settled } from "./port_fixture.ts";

/** Writes raw bytes to the port over TLS and reads what comes until the connection ends. */
async function rawly(port: number, certificate: string, text: string): Promise<string> {
  const plain = await Deno.connect({ hostname: "127.0.0.1", port });
  using conn = await Deno.startTls(plain, { hostname: SERVER_NAME, caCerts: [certificate] });
  const writing = write(conn, new TextEncoder().encode(text)).catch(() => undefined); // may be cut short
  const decoder = new TextDecoder();
  let got = "";
  try {
    for await (const chunk of conn.readable) got += decoder.decode(chunk, { stream: true });
  } catch (err) {
    if (got === "") throw err;
  }
  await writing;
  return got;
}

async function write(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

const known = "Authorization: Bearer agent";
const raw: readonly { name: string; text: string; want: number; told?: readonly string[] }[] = [
  {
    name: "a request of 10 MB of an agent",
    text: `POST /peer/v1/commit HTTP/1.1\r\n${known}\r\nContent-Length: 10000000\r\n\r\n${"x".repeat(100_000)}`,
    want: 413,
  },
  {
    name: "a request of 10 MB in chunks",
    text: `POST /peer/v1/commit HTTP/1.1\r\n${known}\r\nTransfer-Encoding: chunked\r\n\r\n989680\r\n`,
    want: 413,
  },
  {
    name: "a request of 10 MB of a stranger",
    text: `POST /peer/v1/commit HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n${"x".repeat(100_000)}`,
    want: 401,
    told: ["not-greeted"],
  },
  {
    name: "a hello with a body",
    text: "GET /peer/v1/hello HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
    want: 413,
    told: ["hello-with-body"],
  },
  {
    name: "a hello with chunks",
    text: "GET /peer/v1/hello HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    want: 413,
    told: ["hello-with-body"],
  },
  {
    name: "a later version",
    text: `POST /peer/v2/commit HTTP/1.1\r\n${known}\r\nContent-Length: 2\r\n\r\n{}`,
    want: 404,
    told: ["no-such-operation"],
  },
  {
    name: "another method",
    text: `PUT /peer/v1/commit HTTP/1.1\r\n${known}\r\nContent-Length: 2\r\n\r\n{}`,
    want: 404,
    told: ["no-such-operation"],
  },
  {
    name: "what plugins ask",
    text: "POST /v1/ipam/ip HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
    want: 404,
    told: ["no-such-operation"],
  },
  { name: "headers of 20 kB", text: `GET /peer/v1/hello HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, want: 431 },
  { name: "no HTTP", text: "hello there\r\n\r\n", want: 400 },
];
for (const { name, text, want, told = [] } of raw) {
  Deno.test(`the peer port answers ${name} with ${want}`, async () => {
    await using port = await portFixture();
    const answer = await rawly(port.port, port.certificate.certificate, text);
    assert.equal(answer.split(" ")[1], String(want), answer.slice(0, 200));
    assert.deepEqual([port.served, port.turnedAway], [[], told]);
  });
}

Deno.test("PeerServer.load() counts connections under a former certificate until they have ended", async () => {
  const gate = Promise.withResolvers<PeerAnswer>();
  await using world = await portFixture(() => gate.promise);
  const { server, exchange, peer, served } = world;
  const replied = exchange.send(peer, { operation: "commit", body: "{}" }, { timeoutMs: 60_000 });
  while (served.length === 0) await settled();
  assert.equal(server.load().connections, 1);
  await server.listen(await newCertificate(), { graceMs: 60_000 }); // on another port: the fixture's is any
  assert.equal(server.load().connections, 1);
  gate.resolve({ status: 200, body: "done" });
  assert.equal((await replied).kind, "answered");
  while (server.load().connections > 0) await settled();
  assert.deepEqual(server.load(), { connections: 0, waiting: 0, evicted: 0, largeBodyBytes: 0 });
});
